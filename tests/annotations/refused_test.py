#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What must not compile does not, and says why first.

The cases are in refused_cases.py. With the detector off and on: who builds
without it must not write what a colleague's build with it refuses.
"""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compilers  # noqa: E402
import refused_cases as cases  # noqa: E402

PRELUDE = cases.INCLUDES + cases.DECLARATIONS
# The other two modes differ from these in no check.
REFUSING_MODES = ["off", "runtime"]


def first_error(said):
    """The first error's own text, with all its lines up to the next remark."""
    match = re.search(r"error: (.*?)(?=\n\S+:\d+:|\Z)", said, re.S)
    return match.group(1) if match else "no error in:\n" + said


class RefusedTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.headers = compilers.Headers()
        cls.installed = compilers.installed()

    def test_names_differ(self):
        names = [name for name, _, _, _ in cases.CASES]
        self.assertEqual(len(names), len(set(names)))

    def test_refused(self):
        # Each case by each compiler, but not in each mode by each: the modes
        # take turns, since every compilation costs its share of the suite.
        for first, compiler in enumerate(self.installed):
            for turn, (name, words, refused, _) in enumerate(cases.CASES, first):
                mode = REFUSING_MODES[turn % len(REFUSING_MODES)]
                with self.subTest(compiler=compiler, mode=mode, case=name):
                    good, said = self.headers.compile(
                        compiler, PRELUDE + refused, compilers.MODES[mode])
                    self.assertFalse(good, "it compiles")
                    self.assertRegex(first_error(said), words, said)

    def test_accepted(self):
        text = PRELUDE
        for name, _, _, accepted in cases.CASES:
            text += "namespace %s {\n%s\n}\n" % (name, accepted)
        for compiler in self.installed:
            for mode, flags in compilers.MODES.items():
                with self.subTest(compiler=compiler, mode=mode):
                    good, said = self.headers.compile(
                        compiler, text, compilers.WARNINGS + flags)
                    self.assertTrue(good, said)

    def test_configuration(self):
        include = "#include \"kcsan/kcsan.h\"\n"
        clash = "#define READ_ONCE(x) (x)\n" + include
        for compiler in self.installed:
            for text, flags, words in (
                    (include, ["-DKCSAN_INSTRUMENTED=1"],
                     "KCSAN_INSTRUMENTED=1 needs KCSAN_ENABLED=1"),
                    (include, ["-std=c++14"], "kcsan needs C\\+\\+17"),
                    ("#include \"kcsan/config.h\"\n", ["-m32"],
                     "kcsan needs a 64-bit target"),
                    (clash, [], "READ_ONCE_NOCHECK is a macro already. "
                     "Compile with -DKCSAN_NO_SHORT_NAMES")):
                with self.subTest(compiler=compiler, words=words):
                    good, said = self.headers.compile(compiler, text, flags)
                    self.assertFalse(good, "it compiles")
                    self.assertRegex(said, words)
            good, said = self.headers.compile(
                compiler, clash, ["-DKCSAN_NO_SHORT_NAMES"])
            self.assertTrue(good, said)


if __name__ == "__main__":
    unittest.main()
