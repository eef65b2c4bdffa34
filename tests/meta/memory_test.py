#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The detector's own data: under 64 KiB for a process, under 512 bytes a thread.

Counts the writable sections of the runtime's objects. Not in it: the libraries
that the report room links, and what a process takes when it makes its first
report (kcsan/report/arena.h).
"""

import os
import sys
import tempfile
import unittest

from object_files import compile_object, installed_compilers, sections

MAX_PROCESS_BYTES = 64 * 1024
MAX_THREAD_BYTES = 512


def count_data(paths):
    """(bytes for a process, bytes for a thread)."""
    process = thread = 0
    for path in paths:
        for section in sections(path):
            if "W" in section.flags and "A" in section.flags:
                if "T" in section.flags:
                    thread += section.size
                else:
                    process += section.size
    return process, thread


class MemoryTest(unittest.TestCase):

    def test_runtime_is_small(self):
        archives = sorted(path for path in os.environ["ARCHIVES"].split()
                          if path.endswith((".a", ".lo", ".o")))
        self.assertTrue(archives)
        for path in archives:
            print("%-44s %6d bytes, %4d a thread" % (path, *count_data([path])))
        process, thread = count_data(archives)
        print("%-44s %6d bytes, %4d a thread" % ("together", process, thread))
        # Less would mean that nothing was measured.
        self.assertGreater(process, 64 * 8)
        self.assertGreater(thread, 16)
        self.assertLess(process, MAX_PROCESS_BYTES)
        self.assertLess(thread, MAX_THREAD_BYTES)

    def test_planted_data_is_counted(self):
        with tempfile.TemporaryDirectory() as scratch:
            source = os.path.join(scratch, "planted.cc")
            with open(source, "w") as file:
                file.write("int data[100] = {1};\n"
                           "char bss[70000];\n"
                           "thread_local char tls[600];\n"
                           "extern const char constant[999] = {1};\n")
            for compiler in installed_compilers():
                path = compile_object(compiler, source, source + ".o", ["-O1"])
                process, thread = count_data([path])
                self.assertGreaterEqual(process, 70400)
                self.assertLess(process, 70600)
                self.assertEqual(thread, 600)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
