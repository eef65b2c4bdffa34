#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The functions of libc that are wrapped: one list, in three places.

kcsan/abi/wrapped_symbols.inc is the list, wrap.bzl makes link flags of it, and
wrap_*.cc define what the linker calls instead.

  wrapped_test.py ARCHIVE...   (of the wrappers)
"""

import re
import subprocess
import sys
import unittest

ARCHIVES = []


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def names_in(pattern, path):
    return re.findall(pattern, read(path), re.MULTILINE)


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
        defined = set()
        for archive in ARCHIVES:
            symbols = subprocess.run(["nm", "-P", archive], check=True,
                                     stdout=subprocess.PIPE,
                                     universal_newlines=True).stdout
            defined |= set(re.findall(r"^__wrap_(\w+) T", symbols, re.MULTILINE))
        self.assertEqual(set(self.names), defined)


if __name__ == "__main__":
    ARCHIVES = sys.argv[1:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
