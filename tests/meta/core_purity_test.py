#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The objects of core/, platform/ and abi/ share nothing with the program.

A weak symbol is one that the linker may take from another object. If the
program is compiled with the detector's hooks, so is its copy of, say,
std::atomic<int>::load(), and the runtime that calls it calls itself. It was
seen to happen: the stack ends in __tsan_read8.
"""

import os
import platform
import re
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from object_files import (compile_object, installed_compilers, sections,
                          sources, symbols)

# What the compiler itself may call or need.
ALLOWED_EXTERNALS = {
    "__stack_chk_fail", "memcpy", "memmove", "memset",
    "_GLOBAL_OFFSET_TABLE_",
}

# As the rooms are built, but for the optimisation.
FLAGS = ["-fno-exceptions", "-fno-rtti"]
if platform.machine() == "x86_64":
    FLAGS.append("-mcx16")
VARIANTS = [["-O0"], ["-O2", "-fPIC"]]

# Sections that run code at start or exit, and tables of exceptions.
FORBIDDEN_SECTIONS = (".init_array", ".fini_array", ".ctors", ".dtors",
                      ".gcc_except_table")

# Shared with other objects, like a weak symbol, by way of a section group.
GROUP_FLAG = "G"

# (what, source): each has to be found out, at one optimisation level at least.
PLANTED = [
    ("a function the linker merges",
     "inline int f(int x) { return x + 1; } int (*p)(int) = f;"),
    ("a variable the linker merges", "inline int v = 1; int* p = &v;"),
    ("a template's instance",
     "template <class T> T f(T x) { return x; } int (*p)(int) = f<int>;"),
    ("std::atomic",
     "#include <atomic>\nstd::atomic<int> a; int f() { return a.load(); }"),
    ("a weak definition", "__attribute__((weak)) void f() {}"),
    ("a weak reference",
     "extern \"C\" __attribute__((weak)) void g(); bool f() { return g; }"),
    ("malloc",
     "#include <stdlib.h>\nvoid* f() { return malloc(8); }"),
    ("operator new", "int* f() { return new int[9]; }"),
    ("a guarded static",
     "int g(); int f() { static int x = g(); return x; } int g() { return 1; }"),
    ("a constructor before main",
     "struct S { S(); int x; }; S::S() : x(1) {} S s;"),
    ("a call for thread-local storage",
     "extern thread_local int t; int f() { return t; }"),
]


def find_impurities(path):
    """Complaints about an object or archive that are wrong in any room."""
    found = []
    for name, kind in symbols(path):
        if kind in "WwVvu":
            found.append("weak symbol %s (%s)" % (name, kind))
    for section in sections(path):
        if section.name.startswith(FORBIDDEN_SECTIONS):
            found.append("section " + section.name)
        if GROUP_FLAG in section.flags:
            found.append("mergeable section " + section.name)
    return found


def find_externals(paths):
    """Complaints about what a set of objects needs from outside the set."""
    defined, needed = set(), set()
    for path in paths:
        for name, kind in symbols(path):
            (needed if kind == "U" else defined).add(name)
    return ["needs " + name
            for name in sorted(needed - defined - ALLOWED_EXTERNALS)]


class CorePurityTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.compilers = installed_compilers()

    def setUp(self):
        self.assertTrue(self.compilers, "no compiler at all")
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)

    def compile_all(self, directory, compiler, flags):
        def compile_one(source):
            name = os.path.basename(source) + ".o"
            return compile_object(compiler, source,
                                  os.path.join(self.scratch.name, name),
                                  FLAGS + flags)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(compile_one, sources(directory)))

    def check_room(self, directory, check, allowed=r"(?!)"):
        for compiler in self.compilers:
            for flags in VARIANTS:
                with self.subTest(compiler=compiler, flags=flags):
                    objects = self.compile_all(directory, compiler, flags)
                    self.assertTrue(objects)
                    for path in objects:
                        name = os.path.basename(path)
                        found = [f for f in find_impurities(path)
                                 if not re.match(allowed, name + ": " + f)]
                        self.assertEqual(found, [], path)
                    check(objects)

    def test_core(self):
        self.check_room("kcsan/core", lambda objects:
                        self.assertEqual(find_externals(objects), []))

    def test_core_as_bazel_built_it(self):
        archive = os.environ["CORE_ARCHIVE"]
        self.assertIn(("kcsan_rt_check", "T"), symbols(archive))
        self.assertEqual(find_impurities(archive), [])
        self.assertEqual(find_externals([archive]), [])

    def test_platform(self):
        # It calls the C library and the unwinder, but shares nothing.
        self.check_room("kcsan/platform", lambda objects: None)

    def test_abi(self):
        # The old annotations are weak on purpose: programs bring their own. Which
        # wrapped functions are libc's is found out when the program starts.
        self.check_room("kcsan/abi", lambda objects: None,
                        r".*: weak symbol (Annotate|WTFAnnotate|"
                        r"RunningOnValgrind|ValgrindSlowdown)|"
                        r"wrap_decide\.cc\.o: section \.init_array$")

    def test_planted_violation_is_found(self):
        source = os.path.join(self.scratch.name, "planted.cc")
        for compiler in self.compilers:
            for what, text in PLANTED:
                with self.subTest(compiler=compiler, what=what):
                    with open(source, "w") as file:
                        file.write(text + "\n")
                    found = []
                    for flags in VARIANTS:
                        path = compile_object(compiler, source, source + ".o",
                                              flags)
                        found += find_impurities(path) + find_externals([path])
                    self.assertTrue(found)

    def test_clean_object_passes(self):
        source = os.path.join(self.scratch.name, "clean.cc")
        with open(source, "w") as file:
            file.write("static int x; int f() { return ++x; }\n")
        for compiler in self.compilers:
            for flags in VARIANTS:
                path = compile_object(compiler, source, source + ".o", flags)
                self.assertEqual(find_impurities(path), [])
                self.assertEqual(find_externals([path]), [])


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
