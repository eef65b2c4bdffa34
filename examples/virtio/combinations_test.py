# SPDX-License-Identifier: Apache-2.0
r"""Runs virtio_ring in all of its 16 combinations, and counts.

With the detector: each plain combination is reported, with the report that
stands in examples/expected, and each marked one is silent. Without it (and
under real ThreadSanitizer): see expects_report(). In every case all buffers
arrive intact.

  combinations_test.py --ring-program=PATH [--expected=DIR] [--runs=N]

Whether one run meets the race is a matter of timing, so this is a statistical
test: of the runs of a plain combination one may be silent. One in 50 is what
the example promises; with fewer runs the bound is looser, never stricter.

To write an expected file anew (see golden_runner.py):

  tests/e2e/golden_runner.py --update --exit=66 --expected=\
    examples/expected/virtio_ring_split_process.txt PATH_OF_VIRTIO_RING \
    --ring=split --device=process --mark=plain
"""

import argparse
import itertools
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests", "e2e"))
import golden_text  # noqa: E402

RINGS = ("split", "packed")
DEVICES = ("thread", "process")
MARKS = ("plain", "data_race", "read_once", "virtio_read")

TIMEOUT_S = 120
RACE_STATUS = 66  # of ours and of ThreadSanitizer


def detector_of(program):
    with open(program, "rb") as file:
        image = file.read()
    if b"kcsan_rt_check" in image:
        return "kcsan"
    return "tsan" if b"__tsan_init" in image else "none"


def without_scopes(report):
    """The report with bare function names, and without the library's frames.

    An optimiser that inlines a function of an unnamed namespace leaves no more
    of its name; and then the frames between std::thread and our function have
    names of all kinds.
    """
    def frame(line):
        name, space, place = line.partition(" examples/")
        return " " + name.rsplit("::", 1)[-1].strip() + space + place

    return [[frame(line) if line.startswith(" ") and line[1] != " " else line
             for line in paragraph if " /usr/" not in line]
            for paragraph in report]


def expects_report(detector, device, mark):
    if detector == "kcsan":
        return mark == "plain"
    # ThreadSanitizer sees threads of its own process only.
    return detector == "tsan" and mark == "plain" and device == "thread"


class Combination:
    def __init__(self, options, detector, ring, device, mark):
        self.options = options
        self.detector = detector
        self.ring, self.device, self.mark = ring, device, mark
        self.runs = self.reported = self.intact = 0
        self.seconds = 0.0
        self.errors = []

    def allowed_reports(self):
        def load(device):
            path = os.path.join(self.options.expected,
                                f"virtio_ring_{self.ring}_{device}.txt")
            with open(path, encoding="utf-8") as file:
                reports = golden_text.parse_report_text(file.read())
            return list(map(without_scopes, reports))

        allowed = load(self.device)
        if self.device == "thread":
            # The device's thread may tell of its write just before the driver
            # watches, and write just after: then the driver has seen nobody.
            allowed += load("process")
        return allowed

    def run(self):
        buffers = self.options.buffers
        process = subprocess.run(
            [self.options.ring_program, f"--ring={self.ring}",
             f"--device={self.device}", f"--mark={self.mark}",
             f"--buffers={buffers}", f"--seed={self.runs + 1}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            timeout=TIMEOUT_S, check=False)
        self.runs += 1
        want = (f"virtio_ring: {self.ring} ring, {self.mark}, {self.device} "
                f"device: {buffers} of {buffers} buffers intact\n")
        if process.stdout == want:
            self.intact += 1
        else:
            self.fail(process, f"stdout is not: {want}")
        if process.returncode == RACE_STATUS:
            self.reported += 1
        elif process.returncode != 0:
            self.fail(process, "neither silent nor a report")
        self.check_text(process)

    def check_text(self, process):
        if process.returncode == 0:
            if process.stderr:
                self.fail(process, "status 0, but not silent")
        elif not expects_report(self.detector, self.device, self.mark):
            self.fail(process, "a report that should not be")
        elif self.detector == "tsan":
            if f"more_used_{self.ring}" not in process.stderr:
                self.fail(process, "not the report that should be")
        else:
            self.check_reports(process)

    def check_reports(self, process):
        allowed = self.allowed_reports()
        reports, others = golden_text.canonical_reports(process.stderr)
        is_allowed = all(
            any(golden_text.same_report(without_scopes(report), other)
                for other in allowed)
            for report in reports)
        if others or not reports or not is_allowed:
            self.fail(process, "not the expected report; canonically it is:\n" +
                      "\n".join(map(golden_text.report_text, reports)))

    def fail(self, process, why):
        self.errors.append(
            f"--ring={self.ring} --device={self.device} --mark={self.mark}, "
            f"status {process.returncode}: {why}\n"
            f"stdout:\n{process.stdout}\nstderr:\n{process.stderr}")

    def check_counts(self):
        if expects_report(self.detector, self.device, self.mark):
            if self.reported < max(1, self.runs - 1):
                self.errors.append(
                    f"--ring={self.ring} --device={self.device} "
                    f"--mark={self.mark}: reported in only {self.reported} of "
                    f"{self.runs} runs")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ring-program", required=True)
    parser.add_argument("--expected", default="examples/expected")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--buffers", type=int, default=20000)
    options = parser.parse_args()
    options.ring_program = os.path.abspath(options.ring_program)
    detector = detector_of(options.ring_program)
    device_program = os.path.join(
        os.path.dirname(os.path.realpath(options.ring_program)),
        "virtio_device")
    if detector_of(device_program) == "kcsan":
        # Then nothing of the below would show what it says.
        print("FAILED: virtio_device has the detector in it")
        return 1

    combinations = [
        Combination(options, detector, ring, device, mark)
        for ring, device, mark in itertools.product(RINGS, DEVICES, MARKS)]
    # In turns, so that a noisy moment of the machine meets all alike.
    for _ in range(options.runs):
        for combination in combinations:
            combination.run()

    print(f"detector: {detector}")
    print("ring    device   mark         runs  reported  intact")
    errors = []
    for c in combinations:
        c.check_counts()
        print(f"{c.ring:7} {c.device:8} {c.mark:12} {c.runs:4}  "
              f"{c.reported:8}  {c.intact:6}")
        errors += c.errors
    for error in errors[:3]:
        print("\nFAILED: " + error)
    print(f"{len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
