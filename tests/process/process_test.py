# SPDX-License-Identifier: Apache-2.0
"""What becomes of a program that carries the detector: exit status, output,
files, time. Usage: process_test.py VICTIM"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

VICTIM = os.path.abspath(sys.argv.pop(1))
RULER = "=" * 66


def run(mode, options=None, victim=VICTIM, timeout=60, **kwargs):
    env = {k: v for k, v in os.environ.items() if k != "KCSAN_OPTIONS"}
    if options is not None:
        env["KCSAN_OPTIONS"] = options
    kwargs.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run([victim, mode], env=env, text=True, timeout=timeout,
                          capture_output=True, **kwargs)


class ExitStatus(unittest.TestCase):

    def test_clean_program_is_left_alone(self):
        done = run("clean")
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "", ""))

    def test_a_report_makes_it_66(self):
        done = run("race")
        self.assertEqual(done.returncode, 66)
        self.assertIn("BUG: KCSAN: data-race in (anonymous namespace)::Touch "
                      "/ (anonymous namespace)::Touch\n", done.stderr)

    def test_whatever_the_program_says_itself(self):
        self.assertEqual(run("race-and-exit-3").returncode, 66)

    def test_unless_told_otherwise(self):
        self.assertEqual(run("race-and-exit-3", "exit_code=0").returncode, 3)
        self.assertEqual(run("race", "exit_code=17").returncode, 17)

    def test_a_program_that_leaves_by__exit_keeps_its_status(self):
        done = run("race-and-_exit-5")
        self.assertEqual(done.returncode, 5)
        self.assertIn("BUG: KCSAN", done.stderr)

    def test_a_child_answers_for_itself(self):
        done = run("fork-clean-child")
        self.assertEqual((done.returncode, done.stdout), (66, "child: 0\n"))
        done = run("fork-racing-child")
        self.assertEqual((done.returncode, done.stdout), (0, "child: 66\n"))

    def test_a_child_that_no_handler_knows_starts_anew(self):
        done = run("fork-raw")
        self.assertEqual((done.returncode, done.stdout), (0, "child: 0\n"))

    def test_halt_on_error_ends_it_at_once(self):
        done = run("for-ever", "halt_on_error=1")
        self.assertEqual(done.returncode, 66)
        self.assertEqual(done.stderr.count("BUG: KCSAN"), 1)
        self.assertEqual(done.stdout, "from printf\n")

    def test_halted_is_never_success(self):
        done = run("for-ever", "halt_on_error=1:exit_code=0")
        self.assertEqual(done.returncode, 66)


class Ending(unittest.TestCase):

    def test_nothing_that_was_printed_is_lost(self):
        done = run("buffered")
        self.assertEqual(done.returncode, 66)
        self.assertEqual(sorted(done.stdout.splitlines()),
                         ["from a file that is not closed", "from cout",
                          "from printf"])

    def test_a_thread_that_reads_stdin_holds_nothing_up(self):
        read_end, write_end = os.pipe()
        try:
            done = run("reader", stdin=read_end, timeout=30)
        finally:
            os.close(read_end)
            os.close(write_end)
        self.assertEqual((done.returncode, done.stdout), (66, "from printf\n"))

    def test_a_stalled_thread_holds_nothing_up(self):
        # The stall is a second. Nothing waits for it.
        self.assertEqual(run("stalled", timeout=30).returncode, 0)


class Handlers(unittest.TestCase):

    def test_a_handled_report_is_dealt_with(self):
        done = run("handled")
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "handled: yes\n", ""))

    def test_a_report_that_was_only_looked_at_is_printed(self):
        done = run("looked-at")
        self.assertEqual((done.returncode, done.stdout), (66, "handled: yes\n"))
        self.assertIn("BUG: KCSAN", done.stderr)


class Reports(unittest.TestCase):

    def test_made_without_the_heap(self):
        done = run("no-malloc")
        self.assertEqual(done.returncode, 66, done.stderr)
        self.assertNotIn("malloc while forbidden", done.stderr)

    def test_written_to_a_file(self):
        with tempfile.TemporaryDirectory() as directory:
            done = run("race", "log_path=%s/race.log" % directory)
            self.assertEqual((done.returncode, done.stderr), (66, ""))
            names = os.listdir(directory)
            self.assertEqual(len(names), 1)
            self.assertRegex(names[0], r"^race\.log\.\d+$")
            with open(os.path.join(directory, names[0])) as log:
                text = log.read()
            self.assertTrue(text.startswith(RULER + "\nBUG: KCSAN: data-race"))
            self.assertTrue(text.endswith(RULER + "\n"))

    def test_stand_one_after_the_other(self):
        done = run("race")
        blocks = done.stderr.split(RULER + "\n")
        # Between two rulers a report; between two reports nothing.
        self.assertEqual(blocks[0], "")
        self.assertEqual(set(blocks[2::2]), {""})
        for block in blocks[1::2]:
            self.assertRegex(block, r"^BUG: KCSAN: [^=]*\nHardware name: .*\n(  build id .*\n)*$")

    def test_a_reader_that_is_gone_is_survived(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        try:
            env = dict(os.environ)
            done = subprocess.run([VICTIM, "race"], stderr=write_end, env=env,
                                  stdin=subprocess.DEVNULL, timeout=60)
        finally:
            os.close(write_end)
        self.assertEqual(done.returncode, 66)

    def test_without_names_there_are_module_and_offset(self):
        done = run("race", "symbolize=0")
        self.assertRegex(done.stderr, r"data-race in victim\+0x[0-9a-f]+ / "
                         r"victim\+0x[0-9a-f]+\n")
        match = re.search(r"^ victim\+0x([0-9a-f]+)$", done.stderr, re.M)
        self.assertIsNotNone(match)
        # What was left undone can be done later.
        address = hex(int(match.group(1), 16) - 1)
        named = subprocess.run(["addr2line", "-Cfi", "-e", VICTIM, address],
                               capture_output=True, text=True)
        self.assertIn("Touch()", named.stdout)
        self.assertIn("victim.cc", named.stdout)

    def test_a_stripped_program_still_says_where(self):
        with tempfile.TemporaryDirectory() as directory:
            stripped = os.path.join(directory, "victim")
            shutil.copy(VICTIM, stripped)
            os.chmod(stripped, 0o755)
            subprocess.run(["strip", stripped], check=True)
            done = run("race", victim=stripped)
        self.assertEqual(done.returncode, 66)
        self.assertRegex(done.stderr, r"\n victim\+0x[0-9a-f]+\n")
        # The annotation needs no debug information.
        self.assertRegex(done.stderr, r"\n  at &shared in .*victim\.cc:\d+\n")


class Options(unittest.TestCase):

    def test_nonsense_makes_lines_and_nothing_else(self):
        done = run("clean", "udelay=abc:overhead=101:colour=red:preset=x")
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 4, done.stderr)
        for line in lines:
            self.assertTrue(line.startswith("kcsan: KCSAN_OPTIONS: "), line)

    def test_the_environment_goes_over_the_programs_own(self):
        done = run("clean", "verbose=1:overhead=7:stall=spin")
        self.assertIn("kcsan: running overhead=7 stall=spin "
                      "report_once_in_ms=0 verbose=1", done.stderr)
        self.assertIn("kcsan: setup_watchpoints: ", done.stderr)

    def test_enabled_0_finds_nothing(self):
        done = run("disabled")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_help(self):
        done = run("clean", "help=1")
        self.assertEqual(done.returncode, 0)
        self.assertIn("| `overhead` | `20` | 0 to 100 percent |", done.stderr)


if __name__ == "__main__":
    unittest.main()
