#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a program and compares what it prints with a file.

Usage:
  golden_runner.py --expected=FILE [options] PROGRAM [ARG...]

Exit status, standard output and standard error are compared, after
golden_text.py has taken out what differs from run to run. Where the program
reports races, each report in the file must come, and no other.

A race is found when two threads really meet, so on a busy machine it may take
more than one run: while all is right but that a report is missing, the program
runs again, up to --attempts times, until each report has come in one of the
runs. Anything wrong beside that fails at once.

With --soak=N the program runs N times, each compared once, and --at-least of the
runs must be right. The others may lack a report; anything wrong beside that is a
failure here too.

To write the file anew, through Bazel:  ./bazelw run TEST_TARGET -- --update
"""

import argparse
import difflib
import os
import subprocess
import sys
import time

import golden_text


def parse_command_line(arguments):
    parser = argparse.ArgumentParser(
        description="Compares a program's output with a file.")
    parser.add_argument("--expected", required=True, help="the file")
    parser.add_argument("--exit", type=int, default=0,
                        help="exit status that is expected")
    parser.add_argument("--attempts", type=int, default=4,
                        help="runs until every expected report has come")
    parser.add_argument("--soak", type=int, default=0, metavar="RUNS",
                        help="count how often the output is right")
    parser.add_argument("--at-least", type=int, default=0, metavar="RUNS",
                        help="with --soak: how often it must be")
    parser.add_argument("--timeout", type=float, default=20,
                        help="seconds after which a run has failed")
    parser.add_argument("--env", action="append", default=[],
                        metavar="NAME=VALUE", help="for the program")
    parser.add_argument("--extra-reports", action="store_true",
                        help="more reports than those in the file are fine")
    parser.add_argument("--update", action="store_true",
                        help="write the file instead of comparing")
    parser.add_argument("program")
    # Bazel puts arguments for the test behind those of the target.
    arguments = list(arguments)
    while arguments and arguments[-1] == "--update":
        arguments.insert(0, arguments.pop())
    parser.add_argument("args", nargs=argparse.REMAINDER)
    return parser.parse_args(arguments)


class Outcome:
    """What is compared of one run, or of the file."""

    def __init__(self, command, status, stdout, stderr, reports):
        self.command = command  # with the exit status, for the reader
        self.status = status
        self.stdout = stdout  # lines, like stderr
        self.stderr = stderr  # beside the reports
        self.reports = reports

    def text(self):
        lines = ["$ " + self.command, "exit status %d" % self.status, ""]
        lines += self.stdout + self.stderr
        for report in self.reports:
            lines += [golden_text.report_text(report)]
        return "\n".join(lines).rstrip("\n") + "\n"


def run(options):
    """Runs the program once; returns (Outcome, raw standard error)."""
    environment = dict(os.environ)
    # The caller's own settings would change what is found.
    environment.pop("KCSAN_OPTIONS", None)
    for setting in options.env:
        name, _, value = setting.partition("=")
        environment[name] = value
    done = subprocess.run(
        [options.program, *options.args], env=environment,
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        errors="replace", timeout=options.timeout, check=False)
    reports, others = golden_text.canonical_reports(done.stderr)
    outcome = Outcome(
        " ".join([os.path.basename(options.program), *options.args]),
        done.returncode,
        [golden_text.mask_numbers(l) for l in done.stdout.splitlines()],
        [golden_text.mask_numbers(l) for l in others],
        reports)
    return outcome, done.stderr


def missing_and_extra(expected, actual):
    """Reports of `expected` without a twin in `actual`, and the reverse.

    A race of which only one side was seen is nothing extra."""
    def lacks(reports, wanted):
        return not any(golden_text.same_report(r, wanted) for r in reports)
    missing = [r for r in expected if lacks(actual, r)]
    extra = [r for r in actual if lacks(expected, r) and
             not any(golden_text.is_one_side_of(r, e) for e in expected)]
    return missing, extra


def compare(expected_text, outcome, found, options):
    """Returns (problems, retry): what is wrong, and whether time may help.

    `found` are the reports of earlier runs."""
    expected_reports = golden_text.parse_report_text(expected_text)
    missing, extra = missing_and_extra(expected_reports, outcome.reports)
    missing, _ = missing_and_extra(missing, found)
    if options.extra_reports:
        extra = []
    # With the reports put right, is the rest as it should be?
    status = outcome.status
    if expected_reports and not outcome.reports and status == 0:
        status = options.exit  # it follows from the reports
    repaired = Outcome(outcome.command, status, outcome.stdout, outcome.stderr,
                       expected_reports)
    rest_is_right = repaired.text() == expected_text and status == options.exit
    problems = []
    if missing:
        problems.append("%d of %d reports did not come" %
                        (len(missing), len(expected_reports)))
    if extra:
        problems.append("%d reports came unexpected" % len(extra))
    if not rest_is_right:
        problems.append(
            "the output differs" if outcome.status == options.exit else
            "exit status %d, expected %d" % (outcome.status, options.exit))
    return problems, rest_is_right and not extra


def print_failure(problems, expected_text, outcome, raw_stderr, options):
    print("golden_runner: %s: %s" % (options.expected, "; ".join(problems)))
    sys.stdout.writelines(difflib.unified_diff(
        expected_text.splitlines(keepends=True),
        outcome.text().splitlines(keepends=True),
        options.expected, "what came (canonical)"))
    print("--- standard error, as it was\n" + raw_stderr, end="")
    print("---\nIf this is right: run the test's target with -- --update")


def read_expected(options):
    with open(options.expected, encoding="utf-8") as file:
        return file.read()


def soak(options):
    expected_text = read_expected(options)
    right = incomplete = 0
    begin = time.monotonic()
    for _ in range(options.soak):
        outcome, raw_stderr = run(options)
        problems, retry = compare(expected_text, outcome, [], options)
        if not problems:
            right += 1
        elif retry:
            incomplete += 1
        else:
            print_failure(problems, expected_text, outcome, raw_stderr, options)
            return 1
    print("golden_runner: %s: %d of %d runs right, %d without a report that "
          "should have come, %.3f s a run" %
          (outcome.command, right, options.soak, incomplete,
           (time.monotonic() - begin) / options.soak))
    return 0 if right >= options.at_least else 1


def check(options):
    expected_text = read_expected(options)
    found = []
    for attempt in range(1, options.attempts + 1):
        outcome, raw_stderr = run(options)
        problems, retry = compare(expected_text, outcome, found, options)
        if not problems:
            if attempt > 1:
                print("golden_runner: found in %d runs" % attempt)
            return 0
        if not retry:
            break
        found += outcome.reports
    print_failure(problems, expected_text, outcome, raw_stderr, options)
    return 1


def update(options):
    path = options.expected
    if "BUILD_WORKSPACE_DIRECTORY" in os.environ:
        path = os.path.join(os.environ["BUILD_WORKSPACE_DIRECTORY"], path)
    for _ in range(options.attempts):
        outcome, _ = run(options)
        if outcome.status == options.exit:
            break
    else:
        print("golden_runner: exit status %d, expected %d; %s is left as it is"
              % (outcome.status, options.exit, path))
        return 1
    if options.extra_reports and os.path.exists(path):
        # Which ones must come was decided before; keep to it.
        with open(path, encoding="utf-8") as file:
            wanted = golden_text.parse_report_text(file.read())
        kept = [r for r in outcome.reports
                if any(golden_text.same_report(r, w) for w in wanted)]
        outcome.reports = kept or outcome.reports
    with open(path, "w", encoding="utf-8") as file:
        file.write(outcome.text())
    print("golden_runner: wrote " + path)
    return 0


def main():
    options = parse_command_line(sys.argv[1:])
    try:
        if options.update:
            return update(options)
        return soak(options) if options.soak else check(options)
    except subprocess.TimeoutExpired:
        print("golden_runner: %s did not end in %g seconds" %
              (options.program, options.timeout))
    except OSError as error:
        print("golden_runner: %s" % error)
    return 1


if __name__ == "__main__":
    sys.exit(main())
