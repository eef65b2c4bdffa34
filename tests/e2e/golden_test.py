# SPDX-License-Identifier: Apache-2.0
"""Tests of golden_runner.py and golden_text.py, with invented programs."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import golden_text  # noqa: E402

RULER = "=" * 66

READER = """\
read to 0x000055a0f5f1c010 of 8 bytes by task 4711 on cpu 3:
 Reader+0x1d/0x30 examples/demo.cc:17
 main::{lambda()#1}::operator()+0x1/0x2 examples/demo.cc:35 [inlined]
 std::__invoke_impl+0x1/0x2 /usr/include/c++/12/bits/invoke.h:61
 start_thread (libc.so.6+0x891c4)
 libc.so.6+0x10985c
  by thread "reader"
  at checked<long unsigned int> in examples/demo.cc:17"""
WRITER = """\
write (marked) to 0x000055a0f5f1c010 of 8 bytes by task 4712 on cpu 0:
 Writer+0x8/0x30 examples/demo.cc:27
 start_thread+0x2f2/0x3a0
  by thread "writer"
  at clock in examples/demo.cc:26"""


def report(first=READER, second=WRITER, value="0x0000000000000001 -> 0x2"):
    changed = "value changed: %s\n\n" % value if value else ""
    return (RULER + "\nBUG: KCSAN: data-race in Reader+0x1d/0x30 / Writer\n\n"
            + first + "\n\n" + second + "\n\n" + changed +
            "Reported by Kernel Concurrency Sanitizer on:\n"
            "CPU: 3 PID: 4711 Comm: demo 6.1.0\n" + RULER + "\n")


class GoldenTextTest(unittest.TestCase):

    def reports(self, text):
        return golden_text.canonical_reports(text)[0]

    def test_what_differs_between_runs_is_gone(self):
        one = self.reports(report())
        other = self.reports(
            report().replace("4711", "9").replace("55a0f5", "7fff00")
            .replace("cpu 3", "cpu 1").replace(":17", ":21")
            .replace("+0x1d/0x30", "+0x2d/0x40").replace("6.1.0", "6.2")
            .replace("{lambda()#1}", "$_0").replace(" [inlined]", "")
            .replace("long unsigned int", "unsigned long"))
        self.assertEqual(one, other)
        text = golden_text.report_text(one[0])
        self.assertIn("read to <address> of 8 bytes by task <n> on cpu <n>",
                      text)
        self.assertIn("\n Reader examples/demo.cc\n", text)
        self.assertNotIn("start_thread", text)
        self.assertNotIn("std::", text)
        self.assertNotIn("libc", text)

    def test_either_thread_may_watch(self):
        self.assertEqual(self.reports(report()),
                         self.reports(report(WRITER, READER)))

    def test_what_matters_is_kept(self):
        for old, new in [("8 bytes", "4 bytes"), ("Writer", "Other"),
                         ("read to", "read-write to"), (" (marked)", ""),
                         ("demo.cc", "else.cc"), ("reader", "else"), ("clock", "other")]:
            self.assertNotEqual(self.reports(report()),
                                self.reports(report().replace(old, new)), old)

    def test_value_line_may_be_missing_but_not_another(self):
        with_value, = self.reports(report())
        without, = self.reports(report(value=""))
        self.assertNotEqual(with_value, without)
        self.assertTrue(golden_text.same_report(with_value, without))
        other, = self.reports(report().replace("Writer", "Other"))
        self.assertFalse(golden_text.same_report(with_value, other))

    def test_same_race_twice_counts_once(self):
        twice = report() + "noise\n" + report(WRITER, READER, value="")
        reports, others = golden_text.canonical_reports(twice)
        self.assertEqual(len(reports), 1)
        self.assertEqual(others, ["noise"])

    def test_one_side_of_a_race(self):
        whole, = self.reports(report())
        half, = self.reports(
            RULER + "\nBUG: KCSAN: data-race in Reader+0x1d/0x30\n\n"
            "race at unknown origin, with " + READER + "\n\n" + RULER)
        self.assertTrue(golden_text.is_one_side_of(half, whole))
        self.assertFalse(golden_text.is_one_side_of(whole, whole))
        other, = self.reports(report().replace("Reader", "Other"))
        self.assertFalse(golden_text.is_one_side_of(half, other))

    def test_text_and_back(self):
        reports = self.reports(report())
        text = "$ demo\n" + golden_text.report_text(reports[0])
        self.assertEqual(golden_text.parse_report_text(text), reports)

    def test_report_without_end_is_not_lost(self):
        _, others = golden_text.canonical_reports(RULER + "\nBUG: half\n")
        self.assertIn("BUG: half", others)

    def test_numbers_of_the_program(self):
        self.assertEqual(golden_text.mask_numbers("p99 12.5us, -3 of 7: 0xff"),
                         "p99 <n>us, <n> of <n>: <address>")


class GoldenRunnerTest(unittest.TestCase):

    def setUp(self):
        # Bazel's own directory for tests, where there is one.
        self.directory = tempfile.TemporaryDirectory(
            dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(self.directory.cleanup)
        self.expected = os.path.join(self.directory.name, "demo.txt")
        self.program = os.path.join(self.directory.name, "demo")

    def write_program(self, *runs):
        """Each run is (stdout, stderr, status); the last one is repeated."""
        counter = self.program + ".runs"
        with open(counter, "w", encoding="utf-8") as file:
            file.write("")
        with open(self.program, "w", encoding="utf-8") as file:
            file.write("#!%s\n" % sys.executable +
                       "import sys\nruns = %r\n" % (runs,) +
                       "with open(%r, 'a+') as f:\n" % counter +
                       "    f.write('x')\n    f.seek(0)\n"
                       "    n = min(len(f.read()), len(runs))\n"
                       "sys.stdout.write(runs[n - 1][0])\n"
                       "sys.stderr.write(runs[n - 1][1])\n"
                       "sys.exit(runs[n - 1][2])\n")
        os.chmod(self.program, 0o755)

    def num_runs(self):
        return os.path.getsize(self.program + ".runs")

    def run_runner(self, *options):
        done = subprocess.run(
            [sys.executable, os.path.join(HERE, "golden_runner.py"),
             "--expected=" + self.expected, *options, self.program],
            capture_output=True, text=True, check=False,
            env={"PATH": os.environ.get("PATH", "")})
        self.output = done.stdout + done.stderr
        return done.returncode

    def write_expected(self, *options):
        self.assertEqual(self.run_runner("--update", *options), 0, self.output)

    def test_same_again(self):
        self.write_program(("took 3 s\n", report(), 66))
        self.write_expected("--exit=66")
        self.write_program(("took 4 s\n", report(WRITER, READER), 66))
        self.assertEqual(self.run_runner("--exit=66"), 0, self.output)

    def test_missing_report_is_tried_again(self):
        self.write_program(("ok\n", report(), 66))
        self.write_expected("--exit=66")
        self.write_program(("ok\n", "", 0), ("ok\n", report(), 66))
        self.assertEqual(self.run_runner("--exit=66"), 0, self.output)
        self.assertEqual(self.num_runs(), 2)
        self.write_program(("ok\n", "", 0))
        self.assertEqual(self.run_runner("--exit=66", "--attempts=3"), 1)
        self.assertIn("1 of 1 reports did not come", self.output)
        self.assertEqual(self.num_runs(), 3)

    def test_reports_add_up_over_runs(self):
        other = report().replace("Reader", "Another")
        self.write_program(("ok\n", report() + other, 66))
        self.write_expected("--exit=66")
        self.write_program(("ok\n", report(), 66), ("ok\n", "", 0),
                           ("ok\n", other, 66))
        self.assertEqual(self.run_runner("--exit=66"), 0, self.output)
        self.assertEqual(self.num_runs(), 3)
        self.write_program(("ok\n", report(), 66))
        self.assertEqual(self.run_runner("--exit=66"), 1)
        self.assertIn("1 of 2 reports did not come", self.output)

    def test_unexpected_report_fails_at_once(self):
        self.write_program(("ok\n", "", 0))
        self.write_expected()
        self.write_program(("ok\n", report(), 66), ("ok\n", "", 0))
        self.assertEqual(self.run_runner(), 1)
        self.assertIn("1 reports came unexpected", self.output)
        self.assertEqual(self.num_runs(), 1)

    def test_extra_reports_if_allowed(self):
        self.write_program(("ok\n", report(), 66))
        self.write_expected("--exit=66")
        other = report().replace("Reader", "Another")
        self.write_program(("ok\n", report() + other, 66))
        self.assertEqual(self.run_runner("--exit=66"), 1)
        self.assertEqual(self.run_runner("--exit=66", "--extra-reports"), 0)
        self.write_program(("ok\n", other, 66))
        self.assertEqual(self.run_runner("--exit=66", "--extra-reports"), 1)

    def test_wrong_output_fails_at_once(self):
        self.write_program(("ok\n", report(), 66))
        self.write_expected("--exit=66")
        for wrong in [("bad\n", report(), 66), ("ok\n", "huh\n" + report(), 66),
                      ("ok\n", report(), 0), ("bad\n", "", 0),
                      ("ok\n", "", 1)]:
            self.write_program(wrong, ("ok\n", report(), 66))
            self.assertEqual(self.run_runner("--exit=66"), 1, wrong)
            self.assertEqual(self.num_runs(), 1, wrong)

    def test_soak_counts(self):
        found, silent = ("ok\n", report(), 66), ("ok\n", "", 0)
        self.write_program(found)
        self.write_expected("--exit=66")
        self.write_program(found, silent, found)
        self.assertEqual(
            self.run_runner("--exit=66", "--soak=5", "--at-least=4"), 0)
        self.assertIn("4 of 5 runs right, 1 without", self.output)
        self.write_program(found, silent, silent, found)
        self.assertEqual(
            self.run_runner("--exit=66", "--soak=5", "--at-least=4"), 1)
        self.write_program(found, ("bad\n", "", 0), found)
        self.assertEqual(
            self.run_runner("--exit=66", "--soak=5", "--at-least=4"), 1)
        self.assertEqual(self.num_runs(), 2)

    def test_update_keeps_the_file_when_the_status_is_wrong(self):
        self.write_program(("ok\n", "", 0))
        self.write_expected()
        self.write_program(("bad\n", "", 1))
        self.assertEqual(self.run_runner("--update"), 1)
        with open(self.expected, encoding="utf-8") as file:
            self.assertNotIn("bad", file.read())

    def test_clear_words_for_a_missing_program_or_file(self):
        self.assertEqual(self.run_runner(), 1)
        self.assertIn("demo.txt", self.output)
        self.write_program(("ok\n", "", 0))
        self.write_expected()
        os.remove(self.program)
        self.assertEqual(self.run_runner(), 1)
        self.assertIn(self.program, self.output)

    def test_program_that_hangs(self):
        with open(self.program, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexec sleep 100\n")
        os.chmod(self.program, 0o755)
        with open(self.expected, "w", encoding="utf-8") as file:
            file.write("")
        self.assertEqual(self.run_runner("--timeout=0.2"), 1)
        self.assertIn("did not end in 0.2 seconds", self.output)


if __name__ == "__main__":
    unittest.main()
