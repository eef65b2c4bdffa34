# SPDX-License-Identifier: Apache-2.0
"""Exit status, output and files are those of the plain compiler.
Usage: same_as_plain_test.py COMPILER WRAPPER SPECS"""

import os
import shutil

import sandbox
from sandbox import MAIN_C

# Asked of the compiler about itself: the errors have to be the same as well.
PROBES = """
--version
-v
-dumpversion
-dumpfullversion
-dumpmachine
-print-search-dirs
-print-file-name=libc.so
-print-prog-name=ld
-print-libgcc-file-name
-print-multi-lib
-print-multi-os-directory
-print-multiarch
--print-file-name=crt1.o
-print-sysroot
-print-resource-dir
-print-target-triple
--help
-###
-c
-o
-o x

-E
-O2 -Wall
-x
-x c
-nosuchoption
-Q --help=optimizers
-fsanitize=thread
-V
-qversion
-version
"""

# Not probes, and no less the compiler's affair.
COMMANDS = """
none.c
-c none.c
none.o
@none.rsp
-c broken.c
broken.c
-fsyntax-only a.c
-fsyntax-only broken.c
-c a.c
-c a.c -o dir/x.o
-c a.c -o nodir/x.o
-c a.c b.c
-c a.c b.c -o x.o
-c -MD a.c
-c -MMD -MF x.d -MT target a.c
-M a.c
-MM a.c
-MM -MG -MP a.c
-E -P a.c
-E -P a.c -o x.i
-E -P -x c -
-E -P -include b.h b.c
-x c -c - -o x.o
-x c /dev/null -c -o x.o
-S a.c
a.c -o x
a.c b.c
a.c none.c
a.c -lnosuchlibrary
b.c
-shared -fPIC b.c -o x.so
-r b.c -o x.o
a.c -Wl,--version
-Wl,--version
-Wl,--nosuchoption a.c
-Wl,--as-needed a.c
-Wl,-Map=x.map -Wl,--gc-sections -ffunction-sections a.c
-nostdlib -shared b.c -o x.so
-nostdlib -static start.s -o x
-c a.s
-c a.S
-c b.h
-c a.c -fnosuchoption
-Werror -Wall -Wextra -pedantic -c a.c
-Werror -Wall -Wextra -O3 -c a.c
-Werror -Wunused-macros -Wundef -c a.c
-std=c89 -pedantic-errors -c a.c
-std=c99 -c a.c
-pthread a.c
-pipe a.c
-g -gsplit-dwarf -c a.c
-fno-pie -no-pie a.c
-static a.c
-static-pie -fPIE a.c
-O2 -flto a.c
-fprofile-arcs -ftest-coverage a.c
-D KCSAN_OTHER=1 -c a.c
-UNDEBUG -I dir -L dir a.c -lm
""".strip("\n")


class SameAsPlain(sandbox.SandboxTest):

    def setUp(self):
        super().setUp()
        self.write("src/a.c", MAIN_C.replace("#include <kcsan_probe.h>\n", ""))
        self.write("src/b.c", "int other;\nint f(void) { return other; }\n")
        self.write("src/b.h", "struct S { int x; };\n")
        self.write("src/broken.c", "int main(void) { return }\n")
        self.write("src/a.s", ".globl f\nf: ret\n")
        self.write("src/a.S", "#define NAME f\n.globl NAME\nNAME: ret\n")
        self.write("src/start.s",
                   ".globl _start\n_start: movl $60, %eax\nsyscall\n")
        self.write("src/dir/.keep", "")

    def outcome(self, name, words):
        """Exit status, stdout, stderr, the files that are there then."""
        place = os.path.join(self.work, "place")
        shutil.copytree(os.path.join(self.work, "src"), place)
        try:
            done = self.run_command(name, *words, cwd=place,
                                    stdin="int stdin;\n")
            files = sorted(os.path.join(root, file)
                           for root, _, some in os.walk(place)
                           for file in some)
        finally:
            shutil.rmtree(place)
        return done, files

    def test_probes(self):
        for line in PROBES.split("\n"):
            with self.subTest(line=line):
                plain, _ = self.outcome(self.cc, line.split())
                ours, _ = self.outcome("kcsan-cc", line.split())
                self.assertEqual(
                    (ours.returncode, ours.stdout, ours.stderr),
                    (plain.returncode, plain.stdout, plain.stderr))

    def test_probes_of_the_cxx_driver(self):
        for line in ("--version", "-v", "-dumpmachine"):
            plain, _ = self.outcome(self.cxx, line.split())
            ours, _ = self.outcome("kcsan-c++", line.split())
            self.assertEqual(
                (ours.returncode, ours.stdout, ours.stderr),
                (plain.returncode, plain.stdout, plain.stderr))

    def test_commands(self):
        for line in COMMANDS.split("\n"):
            with self.subTest(line=line):
                plain, files = self.outcome(self.cc, line.split())
                ours, our_files = self.outcome("kcsan-cc", line.split())
                self.assertEqual(
                    (ours.returncode, ours.stdout, our_files),
                    (plain.returncode, plain.stdout, files), ours.stderr)
                # What the linker says has addresses and names of temporary
                # files in it. Clang adds "no input files" where there is none,
                # but the runtime is one.
                if "ld" not in plain.stderr:
                    self.assertEqual(ours.stderr.splitlines()[:1],
                                     plain.stderr.splitlines()[:1])

    def test_what_would_be_run_goes_to_stderr(self):
        for line in ("-### a.c", "-v -c a.c", "-### -c a.c"):
            plain, files = self.outcome(self.cc, line.split())
            ours, our_files = self.outcome("kcsan-cc", line.split())
            self.assertEqual((ours.returncode, ours.stdout, our_files),
                             (plain.returncode, plain.stdout, files))


if __name__ == "__main__":
    sandbox.main()
