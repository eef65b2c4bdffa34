# SPDX-License-Identifier: Apache-2.0
"""What comes out of compiling with the wrappers.
Usage: compile_test.py COMPILER WRAPPER SPECS"""

import os

import sandbox
from sandbox import MAIN_C, MAIN_CC, MAIN_CC_OUTPUT, MAIN_OUTPUT

STACK_NOTE = '.section .note.GNU-stack,"",@progbits\n'


class Compile(sandbox.SandboxTest):

    def test_c_in_one_command_and_in_two(self):
        self.write("a.c", MAIN_C)
        self.build("-O1", "a.c")
        output, counts = self.execute()
        self.assertEqual(output, MAIN_OUTPUT)
        self.assertTrue(all(counts), counts)
        self.build("-O1", "-c", "a.c", "-o", "a.o")
        self.build("a.o", "-o", "two")
        self.assertEqual(self.execute("./two"), (output, counts))

    def test_cxx_in_one_command_and_in_two(self):
        self.write("a.cc", MAIN_CC)
        self.build("-O1", "a.cc", name="kcsan-c++")
        output, counts = self.execute()
        self.assertEqual(output, MAIN_CC_OUTPUT)
        self.assertTrue(all(counts), counts)
        self.build("-O1", "-c", "a.cc", name="kcsan-c++")
        self.build("a.o", "-o", "two", name="kcsan-c++")
        self.assertEqual(self.execute("./two"), (output, counts))

    def test_language_by_option_and_from_stdin(self):
        self.write("a.txt", MAIN_CC)
        self.build("-x", "c++", "a.txt", name="kcsan-c++")
        self.assertEqual(self.execute()[0], MAIN_CC_OUTPUT)
        self.build("-x", "c", "-", "-o", "b", stdin=MAIN_C)
        output, counts = self.execute("./b")
        self.assertEqual(output, MAIN_OUTPUT)
        self.assertTrue(all(counts), counts)

    def test_in_steps(self):
        self.write("a.c", MAIN_C)
        self.build("-O1", "-E", "a.c", "-o", "a.i")
        # Clang's assembler stumbles over its own line tables of .i files.
        self.build("-O1", "-g0", "-Werror", "-S", "a.i", "-o", "a.s")
        self.build("-Werror", "-c", "a.s", "-o", "a.o")
        self.build("-Werror", "a.o")
        output, counts = self.execute()
        self.assertEqual(output, MAIN_OUTPUT)
        self.assertTrue(all(counts), counts)

    def test_save_temps(self):
        self.write("a.c", MAIN_C)
        self.build("-O1", "-g0", "-save-temps", "a.c")
        self.assertTrue(all(self.execute()[1]))

    def test_assembler_is_left_alone(self):
        self.write("a.s", ".globl f\nf: ret\n")
        self.write("b.S", "#ifdef __SANITIZE_THREAD__\n#error\n#endif\n"
                   "#ifdef KCSAN_INSTRUMENTED\n#error\n#endif\n"
                   "#define NAME g\n.globl NAME\nNAME: ret\n" + STACK_NOTE)
        for file in ("a.s", "b.S"):
            self.build("-Werror", "-c", file, "-o", "x.o")
            self.assert_not_instrumented("x.o")

    def test_assembler_beside_c(self):
        self.write("a.c", MAIN_C)
        self.write("b.s", ".globl f\nf: ret\n" + STACK_NOTE)
        self.write("c.S",
                   "#ifdef __SANITIZE_THREAD__\n#error\n#endif\n" + STACK_NOTE)
        self.build("-O1", "-Werror", "a.c", "b.s", "c.S")
        self.assertTrue(all(self.execute()[1]))

    def test_response_files(self):
        self.write("a b.c", MAIN_C)
        self.write("all.rsp", "-O1 @deeper.rsp")
        self.write("deeper.rsp", "'a b.c' -fsanitize=thread\n-o \"x y\"\n")
        self.build("@all.rsp")
        output, counts = self.execute("./x y")
        self.assertEqual(output, MAIN_OUTPUT)
        self.assertTrue(all(counts), counts)

    def test_precompiled_header(self):
        self.write("p.h", "#ifndef P_H\n#define P_H\n#include <stdio.h>\nstatic int in_header;\n"
                   "static inline int Next(void) { return ++in_header; }\n#endif\n")
        self.write("a.c", "#include \"p.h\"\nint main(void) "
                   "{ printf(\"%d\\n\", Next() + Next()); return 0; }\n")
        if self.cc == "gcc":
            self.build("p.h")
            self.build("-Winvalid-pch", "-Werror", "-c", "a.c")
            os.remove(self.work + "/p.h.gch")
        else:
            self.build("-x", "c-header", "p.h", "-o", "p.pch")
            self.build("-include-pch", "p.pch", "-c", "a.c")
        self.assert_instrumented("a.o")

    def test_line_tables_by_default(self):
        self.write("a.c", MAIN_C)
        self.build("-c", "a.c")
        self.assertIn("a.c:", self.run_command("nm", "-l", "a.o").stdout)
        for off in (("-g0",), ("--kcsan-debug-info=0",)):
            self.build("-c", "a.c", *off)
            self.assertNotIn(".debug_line",
                             self.run_command("readelf", "-SW", "a.o")
                             .stdout)

    def test_headers_of_the_project_count_more(self):
        self.write("inc/kcsan_probe.h", "#define FOUND_KCSAN_HEADERS 2\n")
        self.write("a.c", "#include <kcsan_probe.h>\n"
                   "int x[FOUND_KCSAN_HEADERS == 2 ? 1 : -1];\n")
        self.build("-Iinc", "-c", "a.c")
        self.build("-isystem", "inc", "-c", "a.c")

    def test_fences_are_no_warning(self):
        self.write("a.c", "void f(void) { "
                   "__atomic_thread_fence(__ATOMIC_SEQ_CST); }\n")
        self.build("-Wall", "-Wextra", "-Werror", "-O2", "-c", "a.c")

    def test_conflicting_sanitizers_are_one_line(self):
        self.write("a.c", MAIN_C)
        done = self.wrapped("-fsanitize=address", "a.c")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "kcsan-cc: error: -fsanitize=address "
                         "does not go together with KCSAN\n")

    def test_undefined_behaviour_sanitizer_beside(self):
        self.write("a.c", MAIN_C)
        self.build("-fsanitize=undefined,thread", "-O1", "a.c")
        output, counts = self.execute()
        self.assertEqual(output, MAIN_OUTPUT)
        self.assertTrue(all(counts), counts)

    def test_many_files_at_once(self):
        self.write("a.c", MAIN_C)
        self.write("b.c", "int other; void f(void) { ++other; }\n")
        self.build("-c", "a.c", "b.c")
        self.assert_instrumented("a.o")
        self.assert_instrumented("b.o")
        self.build("a.c", "b.o")
        self.assertEqual(self.execute()[0], MAIN_OUTPUT)


if __name__ == "__main__":
    sandbox.main()
