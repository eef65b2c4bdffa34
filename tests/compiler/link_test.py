# SPDX-License-Identifier: Apache-2.0
"""Links of every kind: which get the runtime, and that they run.
Usage: link_test.py COMPILER WRAPPER SPECS"""

import os
import shutil

import sandbox
from sandbox import MAIN_C, MAIN_CC, MAIN_CC_OUTPUT, MAIN_OUTPUT

LIBRARY_C = """\
#include <string.h>
int in_library;
volatile int marked_in_library;
const char* name;
int Work(const char* text) {
  ++in_library;
  ++marked_in_library;
  name = text;
  return (int)strlen(name) + in_library;
}
"""

# The program itself has no hooks: all that is counted comes from the library.
LOADER_C = """\
#include <dlfcn.h>
#include <stdio.h>
int main(int argc, char** argv) {
  void* library = dlopen(argv[1], RTLD_NOW);
  if (library == NULL) return puts(dlerror()), 1;
  int (*work)(const char*) = (int (*)(const char*))dlsym(library, "Work");
  printf("%d %d\\n", work("abc"), argc);
  return 0;
}
"""


class Link(sandbox.SandboxTest):

    def setUp(self):
        super().setUp()
        self.write("a.c", MAIN_C)
        self.write("a.cc", MAIN_CC)
        self.write("library.c", LIBRARY_C)
        self.write("loader.c", LOADER_C)

    def assert_runs(self, program="./a.out", output=MAIN_OUTPUT,
                    static=False):
        found, counts = self.execute(program)
        self.assertEqual(found, output)
        self.assertIsNotNone(counts, "no runtime in it")
        # libc is in a static program, and must not call our wrappers.
        if static:
            self.assertEqual(counts[2], 0)
            counts = counts[:2]
        self.assertTrue(all(counts), counts)

    def links_against(self, program):
        return self.run_command("readelf", "-d", program).stdout

    def test_kinds_of_programs(self):
        for flags in ("-static", "-static-pie -fPIE", "-no-pie -fno-pie",
                      "-pie -fPIE", "-pthread -O2",
                      "-ffunction-sections -fdata-sections -Wl,--gc-sections",
                      "-Wl,--as-needed", "-Wl,-O1,--sort-common -Wl,-z,now",
                      "-Wl,-z,defs", "-s", "-rdynamic",
                      "-Wl,--start-group a.o -Wl,--end-group"):
            with self.subTest(flags=flags):
                objects = []
                if "a.o" in flags:
                    self.build("-c", "a.c")
                else:
                    objects = ["a.c"]
                self.build(*objects, *flags.split())
                self.assert_runs(static="-static" in flags)

    def test_linkers(self):
        for linker in ("bfd", "gold", "lld", "mold"):
            if not shutil.which("ld." + linker):
                continue
            with self.subTest(linker=linker):
                self.build("-fuse-ld=" + linker, "a.c")
                self.assert_runs()
                self.build("-fuse-ld=" + linker, "-Wl,-z,defs", "-shared",
                           "-fPIC", "library.c", "-o", "library.so")

    def test_libtsan_never_comes_in(self):
        self.build("-fsanitize=thread", "-c", "a.c")
        self.build("-fsanitize=thread", "a.o")
        self.assert_runs()
        self.assertNotIn("tsan", self.links_against("a.out"))
        self.build("-fsanitize=thread", "-static", "a.c")
        self.assert_runs(static=True)

    def test_link_time_optimisation(self):
        flags, link = ["-flto", "-O2"], []
        if self.cc == "clang":
            if not shutil.which("ld.lld"):
                self.skipTest("Clang needs lld for it here")
            link = ["-fuse-ld=lld"]
        self.build(*flags, "-c", "a.c")
        self.build(*flags, *link, "a.o")
        self.assert_runs()
        self.build(*link, "a.o")  # the link need not say so
        self.assert_runs()
        flags += link
        self.build(*flags, "a.c")
        self.assert_runs()
        self.build(*flags, "a.cc", name="kcsan-c++")
        self.assert_runs(output=MAIN_CC_OUTPUT)

    def test_left_out_of_link_time_optimisation(self):
        if self.cc == "clang" and not shutil.which("ld.lld"):
            self.skipTest("Clang needs lld for it here")
        link = ["-fuse-ld=lld"] if self.cc == "clang" else []
        self.build("-flto", "-c", "library.c", "--kcsan-ignore=library.c")
        self.write("main.c", "int Work(const char*);\n"
                   "int main(void) { return Work(\"abc\") - 4; }\n")
        self.build("-flto", "-O1", *link, "main.c", "library.o")
        _, counts = self.execute()
        self.assertEqual(counts[1], 0)

    def test_cxx_libraries(self):
        for flags in ("-static-libstdc++ -static-libgcc", "-static"):
            with self.subTest(flags=flags):
                self.build("a.cc", *flags.split(), name="kcsan-c++")
                self.assert_runs(output=MAIN_CC_OUTPUT,
                                 static=flags == "-static")
                self.assertNotIn("libstdc++", self.links_against("a.out"))
        # Linked by the C driver, as some build systems do it.
        self.build("-c", "a.cc", name="kcsan-c++")
        self.build("a.o", "-lstdc++")
        self.assert_runs(output=MAIN_CC_OUTPUT)

    def test_shared_object_finds_the_hooks_in_the_program(self):
        self.build("-shared", "-fPIC", "library.c", "-o", "library.so",
                   "-Wl,--no-undefined")
        self.assert_instrumented("library.so")
        self.assertIn("U __wrap_strlen", self.symbols("library.so"))
        for flags in ([], ["-Wl,--gc-sections"], ["-s"]):
            self.build("loader.c", "-fno-sanitize=thread", *flags, "-o",
                       "loader", "-ldl")
            log = os.path.join(self.work, "stub.log")
            done = self.run_command("./loader", "./library.so", STUB_LOG=log)
            self.assertEqual((done.stdout, done.stderr), ("4 2\n", ""))
            with open(log) as file:
                self.assertTrue(all(map(int, file.read().split())))

    def test_functions_with_the_names_of_libc(self):
        self.write("own.c", "unsigned long strlen(const char* s) "
                   "{ return s[0] == 'a' ? 42 : 7; }\n")
        self.write("use.c", "unsigned long strlen(const char*);\n"
                   "unsigned long Use(const char* s) { return strlen(s); }\n")
        self.write("main.c", "#include <stdio.h>\n"
                   "unsigned long Use(const char*);\n"
                   "int main(void) { printf(\"%lu\\n\", Use(\"abc\")); "
                   "return 0; }\n")
        self.build("-fno-builtin", "-fPIC", "-c", "own.c", "use.c", "main.c")
        self.run_command("ar", "rcs", "libown.a", "own.o")
        self.run_command("ar", "rcsT", "libthin.a", "own.o")
        for library in (["own.o"], ["libown.a"], ["-L.", "-lown"],
                        ["libthin.a"]):
            with self.subTest(library=library):
                self.build("main.o", "use.o", *library)
                output, counts = self.execute()
                self.assertEqual((output, counts[2]), ("42\n", 0))
                self.build("-shared", "use.o", *library, "-o", "libuse.so")
                self.build("main.o", "./libuse.so")
                output, counts = self.execute()
                self.assertEqual((output, counts[2]), ("42\n", 0))

    def test_shared_object_linked_to_the_program(self):
        self.build("-shared", "-fPIC", "library.c", "-o", "library.so")
        self.write("main.c", "int Work(const char*);\n"
                   "int main(void) { return Work(\"abc\") - 4; }\n")
        self.build("main.c", "./library.so")
        self.assert_runs(output="")

    def test_shared_runtime(self):
        self.build("-shared-libkcsan", "a.c")
        self.assert_runs()
        self.assertIn("libkcsan.so", self.links_against("a.out"))
        self.build("a.c", KCSAN_SHARED_RUNTIME="1")
        self.assertIn("libkcsan.so", self.links_against("a.out"))
        self.build("-shared-libkcsan", "-shared", "-fPIC", "library.c", "-o",
                   "library.so", "-Wl,-z,defs")
        self.assertIn("libkcsan.so", self.links_against("library.so"))
        # Nothing in the program needs it, what it loads may.
        self.build("-shared-libkcsan", "-Wl,--as-needed", "loader.c",
                   "-fno-sanitize=thread", "-o", "loader", "-ldl")
        self.assertIn("libkcsan.so", self.links_against("loader"))

    def test_relocatable_objects(self):
        self.build("-c", "a.c")
        self.build("-r", "a.o", "-o", "r.o")
        self.assertNotIn("__wrap", self.symbols("r.o"))
        self.build("r.o")
        self.assert_runs()

    def test_programs_that_bring_their_own_libraries(self):
        self.write("start.c", "void _start(void) { __asm__ __volatile__("
                   "\"syscall\" :: \"a\"(60L), \"D\"(0L)); }\n")
        for flags in ("-nostdlib", "-nostartfiles -nodefaultlibs"):
            for static in ("-static", "-no-pie"):
                self.build("-ffreestanding", "-c", "start.c")
                self.assert_not_instrumented("start.o")
                self.build(*flags.split(), static, "start.o")
                self.assertEqual(self.execute(), ("", None))

    def test_sources_of_programs_that_bring_their_own_libraries(self):
        # What ./configure asks.
        self.write("main.c", "int x; int main(void) { return x; }\n")
        self.build("-nodefaultlibs", "main.c", "-lc")
        self.assert_not_instrumented("a.out")
        self.assertEqual(self.execute(), ("", None))

    def test_nothing_instrumented(self):
        self.build("-fno-sanitize=thread", "a.c")
        output, counts = self.execute()
        self.assertEqual(output, MAIN_OUTPUT)
        self.assertEqual(counts[:2], (0, 0))

    def test_another_runtime(self):
        self.write("stub/empty.c", "int kcsan_other_runtime;\n")
        self.write("stub/kcsan.wrap", "")
        self.run_command("gcc", "-c", "stub/empty.c", "-o", "stub/empty.o")
        self.run_command("ar", "rcs", "stub/libkcsan.a", "stub/empty.o")
        for words, env in ((["--kcsan-runtime=stub"], {}),
                           ([], {"KCSAN_RUNTIME": self.work + "/stub"})):
            self.build("-fno-sanitize=thread", *words, "a.c", **env)
            self.assertIn("kcsan_other_runtime", self.symbols("a.out"))
            self.assertEqual(self.execute(), (MAIN_OUTPUT, None))

    def test_archives(self):
        self.build("-c", "library.c")
        self.run_command("ar", "rcs", "liblibrary.a", "library.o")
        self.write("main.c", "int Work(const char*);\n"
                   "int main(void) { return Work(\"abc\") - 4; }\n")
        self.build("main.c", "-L.", "-llibrary")
        self.assert_runs(output="")


if __name__ == "__main__":
    sandbox.main()
