#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every hook that a compiler calls is one that we have.

Compiles a file with every kind of access in it, by each compiler that is here,
and compares what it refers to with what the runtime defines. Prints a table.

  emitted_test.py ARCHIVE...   (what the runtime is made of)
"""

import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(__file__)
# Beside the flags of the wrappers.
VARIANTS = (["-O0"], ["-O2"], ["-O3", "-fPIC"])

# What a detector of every access cannot do without, whatever else is emitted:
# if the file does not make a compiler call these, it tests nothing.
EXPECTED = {"__tsan_read8", "__tsan_write4", "__tsan_func_entry",
            "__tsan_func_exit", "__tsan_init", "__tsan_atomic32_fetch_add",
            "__tsan_atomic64_load"}

ARCHIVES = []


def output_of(*command):
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True,
                          check=True).stdout


def compilers():
    """All GCCs and Clangs, one name for each version."""
    found = {}
    for directory in os.environ.get("PATH", "").split(":"):
        for path in sorted(glob.glob(os.path.join(directory, "*"))):
            name = os.path.basename(path)
            if re.fullmatch(r"(g\+\+|clang\+\+)(-\d+)?", name):
                found.setdefault(os.path.realpath(path), path)
    return sorted(found.values())


def flags_of(compiler):
    if "clang" in os.path.basename(compiler):
        return ["-fsanitize=thread", "-mllvm", "-tsan-distinguish-volatile=1",
                "-mllvm", "-tsan-compound-read-before-write=1"]
    return ["-fsanitize=thread", "--param=tsan-distinguish-volatile=1"]


def hooks(path, kinds):
    names = set()
    for line in output_of("nm", "-P", path).splitlines():
        parts = line.split()
        if len(parts) >= 2 and parts[1] in kinds and (
                re.match(r"__tsan_|Annotate|__sanitizer", parts[0])):
            names.add(parts[0])
    return names


def emitted(compiler):
    names = set()
    with tempfile.TemporaryDirectory() as scratch:
        output = os.path.join(scratch, "sink.o")
        for source, language in (("kitchen_sink.c", ["-x", "c"]),
                                 ("kitchen_sink.cc", ["-std=c++17"])):
            for variant in VARIANTS:
                output_of(compiler, *language, *flags_of(compiler), *variant,
                          "-mcx16", "-w", "-I.", "-c",
                          os.path.join(HERE, source), "-o", output)
                names |= hooks(output, "U")
    return names


def defined_hooks():
    return set().union(*(hooks(archive, "TW") for archive in ARCHIVES))


class EmittedTest(unittest.TestCase):

    def test_all_defined(self):
        defined = defined_hooks()
        self.assertGreater(len(defined), 100)
        found = compilers()
        self.assertTrue(found, "no compiler on this machine")
        print("\n%-24s %8s %8s" % ("compiler", "emits", "missing"))
        for compiler in found:
            with self.subTest(compiler=compiler):
                names = emitted(compiler)
                missing = names - defined
                print("%-24s %8d %8d" % (os.path.basename(compiler),
                                         len(names), len(missing)), flush=True)
                self.assertFalse(EXPECTED - names)
                self.assertFalse(missing)

    def test_a_missing_hook_is_found(self):
        known = defined_hooks() - {"__tsan_read8"}
        self.assertEqual({"__tsan_read8"}, emitted(compilers()[0]) - known)


if __name__ == "__main__":
    ARCHIVES = sys.argv[1:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
