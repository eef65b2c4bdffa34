#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The fast path is what bench/golden says, instruction for instruction.

A change in checks.h or in an annotation that brings a call, a spilled register
or a locked instruction into the way of every access shows here, and is either
mended or agreed on: tools/fast_path_stats.py COMPILER --update.
"""

import importlib.util
import os
import sys
import tempfile
import unittest

from object_files import installed_compilers


def load_tool():
    spec = importlib.util.spec_from_file_location(
        "fast_path_stats", "tools/fast_path_stats.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


stats = load_tool()

# What must never be agreed on.
MAY_LOCK = {"full_barrier", "__tsan_atomic64_fetch_add",
            "__tsan_atomic64_compare_exchange_val"}
# How many stores each function makes by itself, if any.
OWN_STORES = {"base_write": 1, "base_increment": 1, "write_once": 1,
              "told_write": 1, "told_increment": 1, "store_release": 1}

# Text that stands for the fast path of READ_ONCE, with a fault built in, and
# the column that has to show it.
PLANTED = [
    ("call", "extern void other(); other();"),
    ("locked", "static int count; __atomic_fetch_add(&count, 1, 0);"),
    ("store", "static volatile int last; last = 1;"),
    ("branch", "if (*p == 77) __builtin_trap();"),
    ("push", "volatile int spilled = *p; (void)spilled;"),
    ("tls", "extern thread_local int mine __attribute__((tls_model("
            "\"initial-exec\"))); mine = 1;"),
]


class FastPathGoldenTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.compilers = installed_compilers()

    def test_equals_golden(self):
        for compiler in self.compilers:
            with self.subTest(compiler=compiler):
                found = stats.check(compiler)
                if found is None:
                    print("SKIPPED: %s is not what %s was made with" % (
                        " ".join(stats.describe(compiler)),
                        stats.golden_path(compiler)), flush=True)
                    continue
                self.assertFalse(
                    found, "\n%s\nIf this is meant: tools/fast_path_stats.py "
                    "%s --update" % ("\n".join(found), compiler))

    def test_no_call_no_lock_no_shared_store(self):
        for compiler in self.compilers:
            if not os.path.exists(stats.golden_path(compiler)):
                continue
            table = stats.measure_all(compiler)
            self.assertIn("read_once", table)
            self.assertIn("__tsan_read8", table)
            for name, counts in table.items():
                with self.subTest(compiler=compiler, name=name):
                    self.assertEqual(counts["call"], 0)
                    self.assertEqual(counts["store"], OWN_STORES.get(name, 0))
                    if name not in MAY_LOCK:
                        self.assertEqual(counts["locked"], 0)

    def measure_text(self, compiler, text):
        with tempfile.TemporaryDirectory() as scratch:
            source = os.path.join(scratch, "planted.cc")
            with open(source, "w") as file:
                file.write(text)
            return stats.measure(compiler, source)

    def test_planted_fault_shows(self):
        text = "extern \"C\" int f(const volatile int* p) { %s return *p; }\n"
        for compiler in self.compilers:
            if not os.path.exists(stats.golden_path(compiler)):
                continue
            golden = self.measure_text(compiler, text % "")
            self.assertFalse(stats.differences(golden, golden))
            for column, fault in PLANTED:
                with self.subTest(compiler=compiler, column=column):
                    table = self.measure_text(compiler, text % fault)
                    self.assertGreater(table["f"][column], golden["f"][column])
                    found = stats.differences(golden, table)
                    self.assertTrue(any(column in line for line in found))


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
