# SPDX-License-Identifier: Apache-2.0
"""With the detector off nothing is left of it: no symbol, no instruction.

Usage: zero_cost_test.py ROOT, where ROOT has the headers as "kcsan/..." and the
two sources. Runs with every compiler that is there.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = sys.argv.pop(1)
HERE = os.path.join(ROOT, "tests", "disabled")
COMPILERS = [c for c in ("g++", "clang++") if shutil.which(c)]
FLAGS = ["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror",
         "-fno-asynchronous-unwind-tables", "-I", ROOT]


def compile_source(compiler, source, directory, *flags):
    out = os.path.join(directory, "%s.o" % os.path.basename(source))
    subprocess.run([compiler, *FLAGS, *flags, "-c", source, "-o", out],
                   check=True)
    return out


def functions(path):
    """Name to instructions, without addresses."""
    text = subprocess.run(
        ["objdump", "-dr", "--no-show-raw-insn", "--no-addresses", path],
        check=True, capture_output=True, text=True).stdout
    found = {}
    for name, body in re.findall(r"^<(\w+)>:\n(.*?)(?=^<|\Z)", text,
                                 re.M | re.S):
        # Padding between functions is not theirs.
        lines = [l.strip() for l in body.splitlines()
                 if l.strip() and "nop" not in l and "xchg   %ax,%ax" not in l]
        found[name] = lines
    return found


def symbols(path):
    return subprocess.run(["nm", path], check=True, capture_output=True,
                          text=True).stdout


class ZeroCost(unittest.TestCase):

    def test_there_is_a_compiler(self):
        self.assertTrue(COMPILERS)
        for name in ("g++", "clang++"):
            if name not in COMPILERS:
                print("SKIPPED: no %s on this machine" % name)

    def test_same_code(self):
        for compiler in COMPILERS:
            for level in ("-O1", "-O2"):
                with tempfile.TemporaryDirectory() as directory:
                    annotated = functions(compile_source(
                        compiler, os.path.join(HERE, "annotated.cc"),
                        directory, level))
                    twin = functions(compile_source(
                        compiler, os.path.join(HERE, "twin.cc"), directory,
                        level))
                self.assertGreater(len(twin), 35)
                self.assertEqual(sorted(annotated), sorted(twin))
                for name in twin:
                    with self.subTest(compiler=compiler, level=level,
                                      function=name):
                        self.assertEqual(annotated[name], twin[name])

    def test_no_symbol(self):
        for compiler in COMPILERS:
            for level in ("-O0", "-O2"):
                with self.subTest(compiler=compiler, level=level), \
                        tempfile.TemporaryDirectory() as directory:
                    text = symbols(compile_source(
                        compiler, os.path.join(HERE, "annotated.cc"),
                        directory, level))
                    # At -O0 the empty inline functions of runtime.h are there.
                    # The runtime is never referred to, and with optimisation
                    # nothing is left at all.
                    self.assertNotIn("kcsan_", text)
                    self.assertNotRegex(text, r" U .*kcsan")
                    if level == "-O2":
                        self.assertNotIn("kcsan", text.lower())

    def test_the_test_can_fail(self):
        # The same file with the detector on has both symbols and other code.
        for compiler in COMPILERS:
            with tempfile.TemporaryDirectory() as directory:
                path = compile_source(compiler,
                                      os.path.join(HERE, "annotated.cc"),
                                      directory, "-O2", "-DKCSAN_ENABLED=1")
                self.assertIn("kcsan_rt_check", symbols(path))
                enabled = functions(path)
                twin = functions(compile_source(
                    compiler, os.path.join(HERE, "twin.cc"), directory, "-O2"))
            self.assertNotEqual(enabled["ReadInt"], twin["ReadInt"])
            self.assertNotEqual(enabled["Claims"], twin["Claims"])


class Headers(unittest.TestCase):

    def test_each_stands_alone(self):
        for folder in ("kcsan", "kcsan/annotations", "kcsan/assert"):
            for name in sorted(os.listdir(os.path.join(ROOT, folder))):
                if not name.endswith(".h"):
                    continue
                for compiler in COMPILERS:
                    with self.subTest(header=folder + "/" + name,
                                      compiler=compiler), \
                            tempfile.TemporaryDirectory() as directory:
                        source = os.path.join(directory, "alone.cc")
                        with open(source, "w") as file:
                            # Twice, for the include guard.
                            file.write('#include "%s/%s"\n' * 2 %
                                       (folder, name, folder, name))
                        compile_source(compiler, source, directory, "-O0")

    def test_the_waist_is_c(self):
        with tempfile.TemporaryDirectory() as directory:
            source = os.path.join(directory, "waist.c")
            with open(source, "w") as file:
                file.write('#include "kcsan/checks.h"\n'
                           "void f(int* p) { kcsan_check_read(p, 4);\n"
                           "  kcsan_disable_current(); ++*p;\n"
                           "  kcsan_enable_current(); }\n")
            for compiler in COMPILERS:
                c_compiler = {"g++": "gcc", "clang++": "clang"}[compiler]
                for enabled in ("0", "1"):
                    subprocess.run(
                        [c_compiler, "-std=c11", "-Wall", "-Wextra", "-Werror",
                         "-Wpedantic", "-Wno-unused-function",
                         "-DKCSAN_ENABLED=" + enabled, "-I", ROOT,
                         "-fsyntax-only", source], check=True)


if __name__ == "__main__":
    unittest.main()
