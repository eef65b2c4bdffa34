#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The functions of libc whose place is taken: the same names wherever they stand.

Wrapped: kcsan/abi/wrapped_symbols.inc is the list, wrap.bzl makes link flags of
it, and wrap_* define what the linker calls instead. Interposed: what
interpose_*.cc define, install/exports.txt has to name.

  wrapped_test.py WRAP_ARCHIVE INTERPOSE_ARCHIVE
"""

import re
import subprocess
import sys
import unittest

WRAP_ARCHIVE = None
INTERPOSE_ARCHIVE = None


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def names_in(pattern, path):
    return re.findall(pattern, read(path), re.MULTILINE)


def defined_in(archive):
    symbols = subprocess.run(["nm", "-P", archive], check=True,
                             stdout=subprocess.PIPE,
                             universal_newlines=True).stdout
    return set(re.findall(r"^(\w+) T ", symbols, re.MULTILINE))


class WrappedTest(unittest.TestCase):

    def setUp(self):
        self.names = names_in(r"^KCSAN_WRAP\((\w+)\)",
                              "kcsan/abi/wrapped_symbols.inc")

    def test_each_once(self):
        self.assertGreater(len(self.names), 40)
        self.assertEqual(len(self.names), len(set(self.names)))

    def test_link_flags(self):
        flags = names_in(r'^    "(\w+)",$', "kcsan/abi/wrap.bzl")
        self.assertEqual(sorted(self.names), flags)

    def test_definitions(self):
        self.assertEqual({"__wrap_" + name for name in self.names},
                         {name for name in defined_in(WRAP_ARCHIVE)
                          if name.startswith("__wrap_")})

    def test_interposed(self):
        """By name: the linker would look for all that a pattern fits, and gold
        says of each that it cannot be exported."""
        defined = defined_in(INTERPOSE_ARCHIVE)
        self.assertIn("pthread_create", defined)
        exported = read("install/exports.txt").split()
        self.assertEqual(len(exported), len(set(exported)))
        others = re.compile(r"kcsan_|_ZN5kcsan|__tsan_|__wrap_|(WTF)?Annotate|"
                            r"RunningOnValgrind$|ValgrindSlowdown$")
        self.assertEqual({n for n in exported if not others.match(n)}, defined)


if __name__ == "__main__":
    WRAP_ARCHIVE, INTERPOSE_ARCHIVE = sys.argv[1:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
