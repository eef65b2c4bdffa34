# SPDX-License-Identifier: Apache-2.0
"""What the user can choose: the compiler, the files, the words printed.
Usage: selection_test.py COMPILER WRAPPER SPECS"""

import os
import shutil
import stat

import sandbox
from sandbox import MAIN_C, MAIN_OUTPUT


class WhichFiles(sandbox.SandboxTest):

    def setUp(self):
        super().setUp()
        self.write("src/a.c", MAIN_C)
        self.write("src/gen/b.c", "int b; int B(void) { return ++b; }\n")

    def test_by_environment_and_option(self):
        for words, env in ((["--kcsan-ignore=gen"], {}),
                           (["--kcsan-ignore=src/*/b.c"], {}),
                           ([], {"KCSAN_IGNORE": "nothing:b.c"}),
                           ([], {"KCSAN_IGNORE": self.work + "/src/gen"}),
                           (["-fno-sanitize=thread"], {})):
            with self.subTest(words=words, env=env):
                self.build(*words, "-c", "src/gen/b.c", "-o", "b.o", **env)
                self.assert_not_instrumented("b.o")
        for words, env in ((["--kcsan-ignore=gen"], {}),
                           ([], {"KCSAN_IGNORE": "b.c:gen"})):
            self.build(*words, "-c", "src/a.c", "-o", "a.o", **env)
            self.assert_instrumented("a.o")

    def test_ignored_file_in_a_link(self):
        self.build("--kcsan-ignore=a.c", "src/a.c")
        output, counts = self.execute()
        self.assertEqual((output, counts[:2]), (MAIN_OUTPUT, (0, 0)))

    def test_list_in_clangs_format(self):
        self.write("my list", "# all that is generated\n[thread]\n"
                   "src:*/gen/*\n[address]\nsrc:*\n")
        for words, env in ((["-fsanitize-ignorelist=my list"], {}),
                           ([], {"KCSAN_IGNORELIST": "my list"})):
            self.build(*words, "-O1", "-c", "src/gen/b.c", "-o", "b.o", **env)
            self.assertNotIn("__tsan_write", self.symbols("b.o"))
            self.build(*words, "-O1", "-c", "src/a.c", "-o", "a.o", **env)
            self.assertIn("__tsan_write", self.symbols("a.o"))

    def test_functions_by_name(self):
        self.write("list", "fun:B\n")
        done = self.wrapped("-fsanitize-ignorelist=list", "-O1", "-c",
                            "src/gen/b.c")
        self.assertEqual(done.returncode, 0)
        if self.cc == "clang":
            self.assertEqual(done.stderr, "")
            self.assertNotIn("__tsan_write", self.symbols("b.o"))
        else:
            self.assertIn("fun:B has no effect", done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1)
            self.assertIn("__tsan_write", self.symbols("b.o"))

    def test_bad_lists(self):
        self.write("bad", "nonsense\n")
        for name in ("bad", "none"):
            done = self.wrapped("-fsanitize-ignorelist=" + name, "-c",
                                "src/a.c")
            self.assertEqual(done.returncode, 1)
            self.assertIn(name, done.stderr)


class WhichCompiler(sandbox.SandboxTest):

    def version(self, name="kcsan-cc", **env):
        done = self.wrapped("--version", name=name, **env)
        return done.returncode, done.stdout + done.stderr

    def test_the_wrapper_behind_a_link_with_the_compilers_name(self):
        os.makedirs(self.work + "/bin")
        os.symlink(self.prefix + "/bin/kcsan-cc",
                   os.path.join(self.work, "bin", self.cc))
        plain = self.run_command(self.cc, "-dumpmachine").stdout
        path = self.work + "/bin:" + os.environ["PATH"]
        done = self.run_command(self.cc, "-dumpmachine", PATH=path)
        self.assertEqual((done.returncode, done.stdout), (0, plain))

    def test_names_that_say_nothing(self):
        real = shutil.which(self.cc)
        os.symlink(real, self.work + "/linked")
        with open(self.work + "/script", "w") as file:
            file.write('#!/bin/sh\nexec %s "$@"\n' % real)
        os.chmod(self.work + "/script", stat.S_IRWXU)
        self.write("a.c", MAIN_C)
        for name in ("./linked", "./script", self.work + "/script -DX"):
            self.build("a.c", KCSAN_CC=name)
            self.assertTrue(all(self.execute()[1]))

    def test_launchers(self):
        os.makedirs(self.work + "/bin")
        with open(self.work + "/bin/ccache", "w") as file:
            file.write('#!/bin/sh\necho "$1" >> log\nexec "$@"\n')
        os.chmod(self.work + "/bin/ccache", stat.S_IRWXU)
        self.write("a.c", MAIN_C)
        path = ":".join((self.work + "/bin", self.prefix + "/bin",
                         os.environ["PATH"]))
        self.build("a.c", KCSAN_CC="ccache " + self.cc, PATH=path)
        self.assertTrue(all(self.execute()[1]))
        done = self.run_command("ccache", "kcsan-cc", "a.c", PATH=path)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(all(self.execute()[1]))
        with open(self.work + "/log") as file:
            self.assertEqual(file.read(), self.cc + "\nkcsan-cc\n")

    def test_none(self):
        for value in ("no-such-compiler", "kcsan-cc", "/bin/true"):
            code, text = self.version(KCSAN_CC=value)
            self.assertEqual(code, 1)
            self.assertEqual(text.count("\n"), 1)
            self.assertIn(value, text)


class OwnWords(sandbox.SandboxTest):

    def test_manual(self):
        done = self.build("--kcsan-help")
        for word in ("KCSAN_CXX", "--kcsan-ignore", "-shared-libkcsan"):
            self.assertIn(word, done.stdout)

    def test_show_prints_what_a_shell_can_run(self):
        self.write("a b.c", MAIN_C)
        done = self.build("--kcsan-show", "-DX='y'", "a b.c")
        self.assertFalse(os.path.exists(self.work + "/a.out"))
        self.assertEqual(self.run_command("sh", "-c", done.stdout).returncode,
                         0)
        self.assertTrue(all(self.execute()[1]))

    def test_identity_changes_with_all_that_counts(self):
        self.write("list", "")
        plain = self.build("--kcsan-id").stdout
        self.assertEqual(self.build("--kcsan-id", KCSAN_OPTIONS="x").stdout,
                         plain)
        for env in ({"KCSAN_IGNORE": "a"}, {"KCSAN_IGNORELIST": "list"},
                    {"KCSAN_DEBUG_INFO": "0"}, {"KCSAN_CC": self.cxx}):
            self.assertNotEqual(self.build("--kcsan-id", **env).stdout, plain)
        listed = self.build("--kcsan-id", KCSAN_IGNORELIST="list").stdout
        self.write("list", "src:a\n")
        self.assertNotEqual(
            self.build("--kcsan-id", KCSAN_IGNORELIST="list").stdout, listed)

    def test_off(self):
        self.write("a.c", "int main(void) { return 0; }\n")
        self.build("a.c", KCSAN_WRAPPER="0")
        self.assertEqual(self.execute(), ("", None))

    def test_unknown_option(self):
        done = self.wrapped("--kcsan-shwo")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--kcsan-shwo", done.stderr)


if __name__ == "__main__":
    sandbox.main()
