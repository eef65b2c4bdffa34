# SPDX-License-Identifier: Apache-2.0
"""Runs one program of this folder both ways: as it should be (no report, right
result), and as its racy twin (a report).
Usage: run_twins.py PROGRAM [--racy-with-weak-memory-only]
       [--unseen-barriers]: its synchronisation is invisible, so that with
       weak_memory=1 there may be false alarms (docs/limits.md)"""

import os
import re
import subprocess
import sys
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
WEAK_ONLY = "--racy-with-weak-memory-only" in sys.argv
if WEAK_ONLY:
    sys.argv.remove("--racy-with-weak-memory-only")
UNSEEN = "--unseen-barriers" in sys.argv
if UNSEEN:
    sys.argv.remove("--unseen-barriers")
DENSE = (
    "sampling=count:skip_watch=20",
    "overhead=80",
)


def run(options, *args):
    env = dict(os.environ, KCSAN_OPTIONS=options)
    return subprocess.run([PROGRAM, *args], env=env, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, capture_output=True)


class Twins(unittest.TestCase):

    def correct(self, options):
        done = run(options + ":verbose=1")
        self.assertNotIn("BUG: KCSAN", done.stderr, options)
        self.assertEqual((done.returncode, done.stdout), (0, "right\n"),
                         done.stderr)
        # Silence of a detector that has watched nothing would be worthless. A few
        # are enough: on a busy machine there are not many more.
        watched = re.findall(r"setup_watchpoints: (\d+)", done.stderr)
        self.assertGreater(max(map(int, watched)), 2, done.stderr)

    def racy(self, options):
        done = run(options + ":halt_on_error=1", "--racy")
        self.assertIn("BUG: KCSAN: data-race in", done.stderr, options)
        self.assertEqual(done.returncode, 66, done.stderr)

    def test_correct(self):
        for options in DENSE:
            self.correct(options)

    def test_racy(self):
        for options in DENSE:
            # A barrier that is missing is found by the model, or not at all.
            self.racy(options + (":weak_memory=1" if WEAK_ONLY else ""))

    @unittest.skipUnless(WEAK_ONLY, "its race is in the order of accesses")
    def test_silent_without_the_model(self):
        done = run(DENSE[0], "--racy", "--short")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    @unittest.skipIf(UNSEEN, "nobody sees its barriers")
    def test_correct_with_weak_memory(self):
        self.correct(DENSE[0] + ":weak_memory=1")

    def test_racy_with_weak_memory(self):
        self.racy(DENSE[0] + ":weak_memory=1")


if __name__ == "__main__":
    unittest.main()
