#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every header stands alone, without a warning, in every mode.

By both compilers, with more warnings than the build has: headers are compiled
with the flags of whoever includes them.
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "annotations"))
import compilers  # noqa: E402

# Beside those of the build: a service may have them, and -Werror.
STRICTER = ["-Wold-style-cast", "-Wconversion", "-Wsign-conversion"]

PUBLIC = ["kcsan/kcsan.h", "kcsan/checks.h", "kcsan/config.h"]


class HeadersTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.headers = compilers.Headers()
        cls.installed = compilers.installed()

    def each(self, flags, text="#include \"%s\"\n", names=None):
        for compiler in self.installed:
            for name in names or self.headers.list() + PUBLIC:
                with self.subTest(compiler=compiler, header=name):
                    good, said = self.headers.compile(
                        compiler, text.replace("%s", name),
                        compilers.WARNINGS + flags)
                    self.assertTrue(good, said)

    def test_alone_in_every_mode(self):
        for mode, flags in compilers.MODES.items():
            with self.subTest(mode=mode):
                self.each(flags + STRICTER)

    def test_twice(self):
        self.each([], "#include \"%s\"\n#include \"%s\"\n")

    def test_later_standards(self):
        self.each(["-std=c++20"])

    def test_without_exceptions_and_rtti(self):
        for flags in compilers.MODES.values():
            self.each(["-fno-exceptions", "-fno-rtti"] + flags,
                      names=["kcsan/kcsan.h"])

    def test_without_short_names(self):
        names = ["READ_ONCE", "WRITE_ONCE", "READ_ONCE_NOCHECK", "data_race",
                 "__no_kcsan", "smp_mb", "smp_rmb", "smp_wmb",
                 "smp_store_release", "smp_load_acquire", "smp_store_mb",
                 "dma_rmb", "dma_wmb", "virtio_mb", "virtio_rmb", "virtio_wmb",
                 "virtio_store_mb", "once_memcpy", "once_memcpy_to",
                 "ASSERT_EXCLUSIVE_WRITER", "ASSERT_EXCLUSIVE_ACCESS",
                 "ASSERT_EXCLUSIVE_BITS", "ASSERT_EXCLUSIVE_WRITER_SCOPED",
                 "ASSERT_EXCLUSIVE_ACCESS_SCOPED",
                 "ASSERT_EXCLUSIVE_BITS_SCOPED"]
        names += ["%s%d_%s" % (kind, bits, what) for kind in ("VIRTIO", "LE")
                  for bits in (16, 32, 64) for what in ("READ", "WRITE")]
        text = "#include \"kcsan/kcsan.h\"\n"
        for name in names:
            text += "#ifdef %s\n#error %s\n#endif\n" % (name, name)
            twin = "KCSAN_" + name.strip("_").upper()
            text += "#ifndef %s\n#error no %s\n#endif\n" % (twin, twin)
        # And with them, there they are.
        short = "#include \"kcsan/kcsan.h\"\n"
        for name in names:
            short += "#ifndef %s\n#error no %s\n#endif\n" % (name, name)
        for compiler in self.installed:
            good, said = self.headers.compile(
                compiler, text, ["-DKCSAN_NO_SHORT_NAMES"])
            self.assertTrue(good, said)
            good, said = self.headers.compile(compiler, short)
            self.assertTrue(good, said)

    def test_narrow_waist_is_c(self):
        text = """
            #include "kcsan/checks.h"
            int counter;
            int Use(void) {
              kcsan_check_read(&counter, sizeof(counter));
              kcsan_check_write(&counter, sizeof(counter));
              kcsan_check_read_write(&counter, sizeof(counter));
              kcsan_check_atomic_read(&counter, sizeof(counter));
              kcsan_check_atomic_write(&counter, sizeof(counter));
              kcsan_check_atomic_read_write(&counter, sizeof(counter));
              kcsan_disable_current();
              kcsan_enable_current();
              kcsan_nestable_atomic_begin();
              kcsan_nestable_atomic_end();
              kcsan_flat_atomic_begin();
              kcsan_flat_atomic_end();
              kcsan_bounded_atomic_begin(1);
              kcsan_bounded_atomic_end(1);
              kcsan_atomic_next(1);
              kcsan_set_access_mask(1);
              return counter;
            }
            """.rstrip() + "\n"
        flags = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wundef",
                 "-Wstrict-prototypes", "-Werror"]
        for compiler in self.installed:
            c_compiler = {"g++": "gcc", "clang++": "clang"}[compiler]
            for mode in compilers.MODES.values():
                good, said = self.headers.compile(c_compiler, text,
                                                  flags + mode, suffix=".c")
                self.assertTrue(good, said)


if __name__ == "__main__":
    unittest.main()
