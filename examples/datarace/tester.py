# SPDX-License-Identifier: Apache-2.0
"""How many runs does it take until a race is reported?

Runs examples/datarace again and again with several numbers of loops, counts the
runs that had a report, and prints a table:

  ./bazelw run //examples/datarace:tester

With --write=docs it makes docs/datarace_tester.md and docs/datarace_tester.svg.
"""

import argparse
import datetime
import os
import platform
import shlex
import subprocess
import sys

import tester_plot
import tester_report

REPORT = "BUG: KCSAN: data-race in "
# Names take time and say nothing here. After the first report a run is decided.
ALWAYS = "symbolize=0:halt_on_error=1"
NAME = "datarace_tester"


class TesterError(Exception):
    """For the user, in one line."""


def whole_number(text):
    value = int(text)
    if value < 1:
        raise ValueError
    return value


whole_number.__name__ = "number above 0"  # argparse's message names it


def numbers(text):
    return sorted({whole_number(part) for part in text.split(",")})


numbers.__name__ = "list of numbers above 0"


def parse_command_line(arguments):
    parser = argparse.ArgumentParser(
        prog="tester", description="How many runs until a race is reported?")
    parser.add_argument("--program", required=True, help="the datarace program")
    parser.add_argument("--mode", default="fastbuild",
                        help="how it was compiled, for the page")
    parser.add_argument("--loops", type=numbers, default="1000,10000,100000,"
                        "1000000,3000000", help="numbers, with commas between")
    parser.add_argument("--runs", type=whole_number, default=25,
                        help="of each setting (25)")
    parser.add_argument("--options", action="append", metavar="KCSAN_OPTIONS",
                        help="a setting to compare; may come several times. "
                        "Without it: the defaults, and sampling=count, which "
                        "is how the kernel samples")
    parser.add_argument("--write", metavar="FOLDER",
                        help="write %s.md and .svg there" % NAME)
    parser.add_argument("--timeout", type=float, default=60,
                        help="seconds after which a run has failed (60)")
    return parser.parse_args(arguments)


class Setting:
    """A cell of the table, and the run that fills it."""

    def __init__(self, options, loops, flag=None):
        name = "`%s`" % (flag or options) if flag or options else "defaults"
        control = flag is not None or options == "preset=kernel"
        self.cell = tester_report.Cell(name, loops, control)
        self.options = ":".join(filter(None, [options, ALWAYS]))
        self.arguments = ["--iterations=%d" % loops] + ([flag] if flag else [])

    def run(self, program, timeout):
        command = [program] + self.arguments
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, universal_newlines=True,
                errors="replace", timeout=timeout, check=False,
                env=dict(os.environ, KCSAN_OPTIONS=self.options))
        except OSError as error:
            raise TesterError("%s: %s" % (program, error.strerror)) from error
        except subprocess.TimeoutExpired as error:
            raise TesterError("%s did not end in %g seconds" %
                              (shlex.join(command), timeout)) from error
        reported = REPORT in done.stderr
        if done.returncode != (66 if reported else 0) or (
                not reported and done.stderr):
            # The program's own words are its first line.
            raise TesterError("%s: exit status %d: %s" % (
                shlex.join(command), done.returncode,
                (done.stderr.splitlines() or ["no message"])[0]))
        self.cell.add(reported)


def settings_of(options):
    most = options.loops[-1]
    settings = [Setting(text, loops)
                for text in options.options or ["", "sampling=count"]
                for loops in options.loops]
    # The kernel's options take aligned plain writes for atomic ones.
    return settings + [Setting("preset=kernel", most),
                       Setting("", most, "--fixed")]


def run_all(settings, options):
    for run in range(1, options.runs + 1):
        if sys.stderr.isatty():
            print("\rrun %d of %d " % (run, options.runs), end="",
                  file=sys.stderr, flush=True)
        for setting in settings:
            setting.run(options.program, options.timeout)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)


def machine():
    model = platform.machine()
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return "%s, %d processors, %s %s; %s; load average %.1f at the end" % (
        model, os.cpu_count(), platform.system(),
        platform.release().split("-")[0],
        datetime.date.today(), os.getloadavg()[0])


def command_line(mode, arguments):
    """What to type for the same again."""
    own = [a for a in arguments
           if not a.startswith(("--program=", "--mode="))]
    build = "" if mode == "fastbuild" else "-c %s " % mode
    return "./bazelw run %s//examples/datarace:tester -- %s" % (
        build, shlex.join(own))


def write(cells, options, arguments):
    # Bazel starts its programs elsewhere.
    folder = os.path.join(os.environ.get("BUILD_WORKING_DIRECTORY", ""),
                          options.write)
    base = os.path.join(folder, NAME)
    tester_plot.write(base + ".svg", cells, tester_report.wilson)
    with open(base + ".md", "w", encoding="utf-8") as file:
        file.write(tester_report.page(
            cells, command_line(options.mode, arguments), machine(),
            NAME + ".svg"))
    print("wrote %s.md and %s.svg" % (base, base))


def check_write(options):
    """What would go wrong at the end is told at the start."""
    if not tester_plot.available():
        raise TesterError("--write needs matplotlib for its plot: apt-get "
                          "install python3-matplotlib")
    folder = os.path.join(os.environ.get("BUILD_WORKING_DIRECTORY", ""),
                          options.write)
    if not os.path.isdir(folder):
        raise TesterError("--write=%s: no such folder" % options.write)


def main(arguments):
    options = parse_command_line(arguments)
    try:
        if options.write:
            check_write(options)
        settings = settings_of(options)
        run_all(settings, options)
        cells = [setting.cell for setting in settings]
        print(tester_report.table(cells), end="")
        for cell in cells:
            if cell.control and cell.hits:
                raise TesterError("%s must stay silent, and did not" %
                                  cell.setting)
        if options.write:
            write(cells, options, arguments)
    except (TesterError, OSError) as error:
        print("tester: %s" % error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
