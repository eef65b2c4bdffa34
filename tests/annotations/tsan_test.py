#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the real ThreadSanitizer says of each meeting in tsan_program.cc.

By both compilers, as each has a ThreadSanitizer of its own: a race is reported,
and what an annotation allows is not.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compilers  # noqa: E402

PROGRAM = "tests/annotations/tsan_program.cc"
FLAGS = ["-fsanitize=thread"]
# Optimised and not: the annotations are inlined either way, the rest is not.
LEVELS = ["-O0", "-O2"]
REPORT = "WARNING: ThreadSanitizer: data race"


def without_randomisation():
    """A prefix that takes address space randomisation off, if that may be.

    Older versions of libtsan die of addresses that they do not expect.
    """
    prefix = ["setarch", "-R"]
    if shutil.which(prefix[0]) is None:
        return []
    done = subprocess.run(prefix + ["true"], stderr=subprocess.DEVNULL,
                          check=False)
    return prefix if done.returncode == 0 else []


class TsanTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.headers = compilers.Headers()
        cls.directory = tempfile.TemporaryDirectory()
        cls.prefix = without_randomisation()
        cls.installed = [c for c in compilers.installed() if cls.links(c)]
        assert cls.installed, "no compiler has ThreadSanitizer"

    @classmethod
    def links(cls, compiler):
        done = subprocess.run(
            [compiler, "-fsanitize=thread", "-x", "c++", "-", "-o",
             os.path.join(cls.directory.name, "empty")],
            input="int main() {}", stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, universal_newlines=True, check=False)
        if done.returncode != 0:
            print("SKIPPED: no ThreadSanitizer for %s" % compiler, flush=True)
        return done.returncode == 0

    def build(self, compiler, level):
        program = os.path.join(self.directory.name, "program")
        with open(PROGRAM, encoding="utf-8") as text:
            good, said = self.headers.compile(
                compiler, text.read(),
                [*FLAGS, level, *compilers.WARNINGS], program + ".o")
        self.assertTrue(good, said)
        compilers.run(compiler, "-fsanitize=thread", "-pthread", program + ".o",
                      "-o", program)
        return program

    def meet(self, program, name):
        """Whether a race is reported, and everything that was said."""
        # Not the caller's options. Its exit status would hide the program's.
        # Names cost most of the time.
        environment = dict(os.environ, TSAN_OPTIONS="exitcode=0:symbolize=0")
        done = subprocess.run([*self.prefix, program, name], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              universal_newlines=True, timeout=30, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        if REPORT not in done.stdout:
            # Silent is silent: no other complaint either.
            self.assertEqual(done.stdout, "")
        return REPORT in done.stdout, done.stdout

    def test_every_meeting(self):
        for compiler in self.installed:
            for level in LEVELS:
                program = self.build(compiler, level)
                meetings = [line.split() for line in compilers.run(
                    *self.prefix, program).splitlines()]
                self.assertGreater(len(meetings), 30)
                for name, expected in meetings:
                    with self.subTest(compiler=compiler, level=level,
                                      meeting=name):
                        self.assertIn(expected, ("race", "silent"))
                        reported, said = self.meet(program, name)
                        self.assertEqual(reported, expected == "race", said)


if __name__ == "__main__":
    unittest.main()
