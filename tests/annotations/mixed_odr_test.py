#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files of different modes may be linked into one program: no ODR clash.

Of two weak definitions of one name the linker keeps either. So no function or
variable of ours may have the same name in two modes, and the types that do have
one must be one type, which GCC checks where it sees the whole program.
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compilers  # noqa: E402

# The second one uses everything there is.
SOURCES = ["tests/annotations/mixed_unit.cc", "tests/disabled/annotated.cc"]
# Nothing is inlined that need not be: all that could clash is there.
LEVEL = "-O0"


class MixedOdrTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.headers = compilers.Headers()
        cls.installed = compilers.installed()
        cls.directory = tempfile.TemporaryDirectory()

    def build(self, compiler, source, name, *flags):
        output = os.path.join(self.directory.name, name + ".o")
        with open(source, encoding="utf-8") as text:
            good, said = self.headers.compile(
                compiler, text.read(), ["-I.", "-fPIC", *flags], output)
        self.assertTrue(good, said)
        return output

    def shared_definitions(self, path):
        """Names of ours that other files may define as well."""
        # Type "W", "V" or "u"; a lower-case "w" or "v" is only asked for.
        lines = compilers.run("nm", "-C", "--defined-only", path).splitlines()
        found = [line.split(maxsplit=2)[1:] for line in lines]
        # What an object of ours appears in, but is not of ours (a constructor
        # of the user's struct, a std::vector), is not looked at.
        return {name for kind, name in found
                if kind in "WVu" and self.is_ours(name)}

    @staticmethod
    def is_ours(name):
        # Of one type all typeinfo is the same.
        if name.startswith("typeinfo"):
            return False
        # Arguments, also of templates, do not say whose it is. The rest may
        # begin with a return type.
        while "<" in name:
            shorter = re.sub(r"<[^<>]*>", "", name)
            if shorter == name:
                break
            name = shorter
        return "kcsan::" in name.split("(")[0]

    def test_names_differ(self):
        of_ours = set()
        for compiler in self.installed:
            for source in SOURCES:
                seen = {}
                for mode, flags in compilers.MODES.items():
                    path = self.build(compiler, source, mode, LEVEL, *flags)
                    for name in self.shared_definitions(path):
                        of_ours.add(name)
                        with self.subTest(compiler=compiler, source=source,
                                          name=name):
                            self.assertNotIn(name, seen)
                        seen[name] = mode
        # The text of a checked<T> in reports, and a function that sanitizers
        # have to leave alone. So there was something to compare.
        self.assertTrue([n for n in of_ours if "mode_runtime" in n], of_ours)
        self.assertTrue([n for n in of_ours if "ReadOnceNoCheck" in n], of_ours)

    def test_types_are_the_same(self):
        if "g++" not in self.installed:
            self.skipTest("no g++")
        objects = [self.build("g++", SOURCES[0], "lto_" + mode, "-O2", "-flto",
                              *compilers.MODES[mode])
                   for mode in ("off", "runtime")]
        done = subprocess.run(
            ["g++", "-shared", "-fPIC", "-flto", "-O2", "-Wodr",
             "-Wlto-type-mismatch", *objects, "-o",
             os.path.join(self.directory.name, "whole.so")],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            universal_newlines=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))


if __name__ == "__main__":
    unittest.main()
