# SPDX-License-Identifier: Apache-2.0
"""The tester's arithmetic, and what it says about programs that are made up.

With the real program it is run by CI out of docs/tutorial.md.
"""

import os
import subprocess
import sys
import tempfile
import unittest

import tester_plot
import tester_report

HERE = os.path.dirname(os.path.abspath(__file__))

# Stands for the detector: reports from 1000 loops on, if nothing forbids it.
PROGRAM = """#!/bin/sh
echo run >> "$0.runs"
case "$KCSAN_OPTIONS $*" in
  preset=kernel*|*--fixed*) exit 0 ;;
  *--iterations=1???*) echo 'BUG: KCSAN: data-race in a / b' >&2; exit 66 ;;
esac
"""


class Arithmetic(unittest.TestCase):

    def bounds(self, hits, runs):
        return tuple(round(b, 4) for b in tester_report.wilson(hits, runs))

    def test_bounds(self):
        # Values from the literature on Wilson's interval.
        self.assertEqual(self.bounds(0, 10), (0.0, 0.2775))
        self.assertEqual(self.bounds(5, 10), (0.2366, 0.7634))
        self.assertEqual(self.bounds(10, 10), (0.7225, 1.0))
        self.assertEqual(self.bounds(1, 1), (0.2065, 1.0))

    def test_runs_needed(self):
        self.assertEqual(tester_report.runs_needed(0.5), 5)  # 1 - 0.5^5 = 0.97
        self.assertEqual(tester_report.runs_needed(0.01), 299)
        self.assertEqual(tester_report.runs_needed(0.95), 1)
        self.assertEqual(tester_report.runs_needed(1), 1)
        self.assertIsNone(tester_report.runs_needed(0))

    def test_first_report(self):
        cell = tester_report.Cell("defaults", 10)
        for reported in (False, False, True, False, True):
            cell.add(reported)
        self.assertEqual((cell.first, cell.hits, cell.runs), (3, 2, 5))


class Runs(unittest.TestCase):

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name
        self.program = os.path.join(self.folder, "program")
        self.make(PROGRAM)

    def make(self, text):
        with open(self.program, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.program, 0o755)

    def run_tester(self, *arguments, python_path=""):
        environment = dict(os.environ, PYTHONPATH=python_path)
        environment.pop("BUILD_WORKING_DIRECTORY", None)
        done = subprocess.run(
            [sys.executable, "-B", os.path.join(HERE, "tester.py"),
             "--program=" + self.program, *arguments], env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            universal_newlines=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def cells(self, text):
        """Setting, loops, runs with a report, first report of each row."""
        rows = [[cell.strip() for cell in line.strip("|\n").split("|")]
                for line in text.splitlines()]
        return [row[:4] for row in rows[2:]]

    def fails_with(self, message, *arguments, **kwargs):
        status, _, error = self.run_tester(*arguments, **kwargs)
        self.assertNotEqual(status, 0)
        self.assertEqual(error.count("\n"), 1, error)
        self.assertIn(message, error)

    def test_table(self):
        status, text, error = self.run_tester("--runs=3", "--loops=1000,10",
                                          "--options=sampling=count")
        self.assertEqual((status, error), (0, ""))
        self.assertEqual(self.cells(text), [
            ["`sampling=count`", "10", "0 of 3", "never"],
            ["`sampling=count`", "1,000", "3 of 3", "run 1"],
            ["`preset=kernel`", "1,000", "0 of 3", "never"],
            ["`--fixed`", "1,000", "0 of 3", "never"]])

    def test_program_that_fails(self):
        self.make("#!/bin/sh\necho no memory >&2\nexit 3\n")
        self.fails_with("exit status 3: no memory", "--runs=1")

    def test_status_without_a_report(self):
        self.make("#!/bin/sh\nexit 66\n")
        self.fails_with("exit status 66", "--runs=1")

    def test_program_that_hangs(self):
        self.make("#!/bin/sh\nexec sleep 60\n")
        self.fails_with("did not end in 0.1 seconds", "--timeout=0.1")

    def test_no_program(self):
        os.unlink(self.program)
        self.fails_with("No such file", "--runs=1")

    def test_control_that_reports(self):
        self.make(PROGRAM.replace("preset=kernel*|", ""))
        self.fails_with("`preset=kernel` must stay silent", "--runs=1",
                        "--loops=1000")

    def test_bad_numbers(self):
        for flag in ("--runs=0", "--runs=many", "--loops=10,-1", "--loops="):
            status, _, error = self.run_tester(flag)
            self.assertEqual(status, 2)
            self.assertIn(flag.split("=")[0], error.splitlines()[-1])

    def test_no_matplotlib(self):
        # Python runs it at its start.
        with open(os.path.join(self.folder, "sitecustomize.py"), "w",
                  encoding="utf-8") as file:
            file.write("import sys\nsys.modules['matplotlib'] = None\n")
        self.fails_with("python3-matplotlib", "--write=" + self.folder,
                        python_path=self.folder)
        # Told before the long part, not after it; and the table needs none.
        self.assertFalse(os.path.exists(self.program + ".runs"))
        self.assertEqual(self.run_tester("--runs=1", "--loops=10",
                                     python_path=self.folder)[0], 0)

    @unittest.skipUnless(tester_plot.available(), "without matplotlib")
    def test_page_and_plot(self):
        self.fails_with("no such folder", "--write=/nowhere/at/all")
        status, _, error = self.run_tester("--runs=2", "--loops=10,1000",
                                       "--write=" + self.folder)
        self.assertEqual((status, error), (0, ""))
        with open(os.path.join(self.folder, "datarace_tester.svg"),
                  encoding="utf-8") as file:
            self.assertIn("sampling=count", file.read())
        with open(os.path.join(self.folder, "datarace_tester.md"),
                  encoding="utf-8") as file:
            self.assertIn("--runs=2 --loops=10,1000 --write=", file.read())


if __name__ == "__main__":
    unittest.main()
