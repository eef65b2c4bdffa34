#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installed into an empty prefix, kcsan works for builds that are not Bazel's.

A CMake project, a Makefile and a Meson project that know nothing of this
repository each build a program with a race, which is reported, and its fixed
twin, which is silent.
"""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def run(*command, **kwargs):
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True,
                          timeout=120, check=False, **kwargs)


# One test at a time, but the two programs of a pair together.
POOL = concurrent.futures.ThreadPoolExecutor(max_workers=2)


class InstallTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.prefix = os.path.join(cls.scratch.name, "first place", "kcsan")
        cls.install("--prefix=" + cls.prefix)
        # Nothing in it may remember where it was installed.
        moved = os.path.join(cls.scratch.name, "kcsan")
        os.rename(cls.prefix, moved)
        cls.prefix = moved

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def install(cls, *arguments):
        return run(sys.executable, "-B", "install/install.py", *arguments,
                   cwd=ROOT)

    def need(self, *tools):
        for tool in tools:
            if shutil.which(tool) is None:
                self.skipTest("no %s on this machine" % tool)

    def project(self, name):
        """A copy of the project, with the sources, outside this repository."""
        place = tempfile.mkdtemp(prefix=name, dir=self.scratch.name)
        sources = [os.path.join(HERE, f)
                   for f in ("racy.c", "fixed.c", "two_threads.h")]
        folder = os.path.join(HERE, name)
        for path in sources + [os.path.join(folder, f)
                               for f in os.listdir(folder)]:
            shutil.copy(path, place)
        return place

    def build(self, *command, **kwargs):
        done = run(*command, **kwargs)
        self.assertEqual(done.returncode, 0, done.stdout)

    def check_programs(self, folder, *suffixes):
        """The racy program of each suffix, and the fixed one beside it: that one
        mostly waits."""
        options = dict(os.environ, KCSAN_OPTIONS="halt_on_error=1")

        def start(name):
            return POOL.submit(run, os.path.join(folder, name), env=options)

        runs = [(suffix, start("racy" + suffix), start("fixed" + suffix))
                for suffix in suffixes or ("",)]
        for suffix, racy, fixed in runs:
            with self.subTest(suffix=suffix):
                done = racy.result()
                self.assertEqual(done.returncode, 66, done.stdout)
                self.assertIn("BUG: KCSAN: data-race in count / count\n",
                              done.stdout)
                self.assertRegex(done.stdout,
                                 r"\n count\+0x\w+/0x\w+ .*racy\.c:\d+\n")
                done = fixed.result()
                self.assertEqual((done.returncode, done.stdout), (0, "done\n"))

    def compilers(self):
        found = [c for c in ("gcc", "clang") if shutil.which(c)]
        self.assertTrue(found)
        return found

    def wrapper(self):
        return os.path.join(self.prefix, "bin", "kcsan-cc")

    def test_make(self):
        self.need("make")
        for compiler in self.compilers():
            with self.subTest(compiler=compiler):
                place = self.project("make")
                self.build("make", "CC=" + self.wrapper(), cwd=place,
                           env=dict(os.environ, KCSAN_CC=compiler))
                self.check_programs(place)

    def test_make_static(self):
        self.need("make")
        place = self.project("make")
        self.build("make", "CC=" + self.wrapper(), "LDFLAGS=-static", cwd=place)
        self.check_programs(place)

    def test_cmake(self):
        self.need("cmake", "make")
        for compiler in self.compilers():
            with self.subTest(compiler=compiler):
                place = self.project("cmake")
                self.build("cmake", "-S", place, "-B", place + "/build",
                           "-DCMAKE_PREFIX_PATH=" + self.prefix,
                           "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                           env=dict(os.environ, CC=compiler))
                self.build("cmake", "--build", place + "/build",
                           "--parallel", "2")
                self.check_programs(place + "/build", "", "_STATIC_user",
                                    "_SHARED_user")

    def test_cmake_static(self):
        self.need("cmake", "make")
        place = self.project("cmake")
        self.build("cmake", "-S", place, "-B", place + "/build",
                   "-DCMAKE_PREFIX_PATH=" + self.prefix,
                   "-DCMAKE_EXE_LINKER_FLAGS=-static")
        self.build("cmake", "--build", place + "/build", "--target", "racy",
                   "fixed")
        self.check_programs(place + "/build")

    def test_meson(self):
        self.need("meson", "ninja")
        place = self.project("meson")
        self.build("meson", "setup", place + "/build", place,
                   env=dict(os.environ, CC=self.wrapper()))
        self.build("ninja", "-C", place + "/build")
        self.check_programs(place + "/build")

    def test_pkg_config(self):
        self.need("pkg-config")
        flags = run("pkg-config", "--cflags", "--libs", "kcsan",
                    env=dict(os.environ, PKG_CONFIG_PATH=self.prefix +
                             "/lib/pkgconfig")).stdout.split()
        program = os.path.join(self.scratch.name, "annotated")
        # Annotated only, or instrumented too: then the runtime is named twice.
        kcsan_cxx = os.path.join(self.prefix, "bin", "kcsan-c++")
        for command in (("g++",), ("g++", "-no-pie", "-fno-pie"),
                        ("g++", "-static"), (kcsan_cxx,),
                        (kcsan_cxx, "-shared-libkcsan")):
            with self.subTest(command=command):
                self.build(*command, "-std=c++17",
                           os.path.join(HERE, "annotated.cc"), *flags,
                           "-o", program)
                done = run(program)
                self.assertEqual(done.returncode, 77, done.stdout)
                self.assertIn("BUG: KCSAN: ", done.stdout)

    def test_kinds_of_links(self):
        """Through kcsan-cc alone, in one command each."""
        lld = ("-fuse-ld=lld",)
        kinds = {
            "static-pie": ("-static-pie", "-fPIE"),
            "lto": ("-flto",),
            "gold": ("-fuse-ld=gold",),
        }
        for compiler in self.compilers():
            for kind, flags in kinds.items():
                if kind == "gold" and shutil.which("ld.gold") is None:
                    continue
                if kind == "lto" and compiler == "clang":
                    if shutil.which("ld.lld") is None:
                        continue
                    flags += lld  # the default linker cannot read its bitcode
                with self.subTest(compiler=compiler, kind=kind):
                    place = tempfile.mkdtemp(dir=self.scratch.name)
                    done = list(POOL.map(
                        lambda name: run(
                            self.wrapper(), "-O1", *flags, "-pthread",
                            os.path.join(HERE, name + ".c"), "-o",
                            os.path.join(place, name),
                            env=dict(os.environ, KCSAN_CC=compiler)),
                        ("racy", "fixed")))
                    for linked in done:
                        # No warning either: gold has some of its own.
                        self.assertEqual((linked.returncode, linked.stdout),
                                         (0, ""))
                    self.check_programs(place)

    def test_own_function_with_a_name_of_libc(self):
        """Compiled by the command that links, so that nothing tells of it."""
        program = os.path.join(self.scratch.name, "own_send")
        sources = [os.path.join(HERE, "own_send", f)
                   for f in ("main.c", "send.c")]
        for compiler in self.compilers():
            for flags in ((), ("-O2",), ("-no-pie", "-fno-pie"),
                          ("-shared-libkcsan",)):
                with self.subTest(compiler=compiler, flags=flags):
                    self.build(self.wrapper(), *flags, *sources, "-o", program,
                               env=dict(os.environ, KCSAN_CC=compiler))
                    done = run(program)
                    self.assertEqual((done.returncode, done.stdout),
                                     (0, "36.75\n"))

    def symbols(self, *arguments):
        done = run("nm", "--format=posix", *arguments)
        self.assertEqual(done.returncode, 0, done.stdout)
        return {line.split()[0] for line in done.stdout.splitlines()
                if " " in line}

    def test_runtime_keeps_to_itself(self):
        """No Abseil, no templates; and it does not tell of its own memcpy()."""
        archive = os.path.join(self.prefix, "lib", "libkcsan.a")
        visible = self.symbols("--extern-only", "--defined-only", archive)
        library = self.symbols("--dynamic", "--defined-only",
                               os.path.join(self.prefix, "lib", "libkcsan.so"))
        ours = re.compile(r"kcsan_|__tsan_|__wrap_|__real_|(WTF)?Annotate|"
                          r"_ZN5kcsan\d+[A-Z]|RunningOnValgrind$|"
                          r"ValgrindSlowdown$|"
                          r"(pthread|cnd|mtx|sem|thrd)_")
        for names in (visible, library):
            self.assertIn("__tsan_write4", names)
            self.assertEqual([n for n in names if not ours.match(n)], [])
        with open(os.path.join(self.prefix, "lib", "kcsan.wrap"),
                  encoding="utf-8") as file:
            wrapped = {line.strip().partition("=")[2] for line in file}
        self.assertIn("memcpy", wrapped)
        run("ar", "x", archive, "kcsan.o", cwd=self.scratch.name)
        called = self.symbols("--undefined-only",
                              os.path.join(self.scratch.name, "kcsan.o"))
        self.assertIn("__real_memcpy", called)
        self.assertEqual(called & wrapped, set())

    def test_again_is_the_same(self):
        before = sorted(os.listdir(self.prefix + "/lib"))
        done = self.install("--prefix=" + self.prefix)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(sorted(os.listdir(self.prefix + "/lib")), before)

    def test_destdir(self):
        place = os.path.join(self.scratch.name, "package")
        done = self.install("--prefix=/opt/kcsan", "--destdir=" + place)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertTrue(os.path.exists(place + "/opt/kcsan/bin/kcsan-c++"))

    def test_mistakes_are_named(self):
        done = self.install()
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("--prefix", done.stdout)
        for option in ("--prefix=", "--prefix=here", "--destdir=there"):
            done = self.install("--prefix=/nowhere", option)
            self.assertEqual(done.returncode, 2)
            self.assertIn(option + " is not an absolute path", done.stdout)
        occupied = os.path.join(self.scratch.name, "occupied")
        with open(occupied, "w", encoding="utf-8"):
            pass
        done = self.install("--prefix=" + occupied)
        self.assertEqual(done.returncode, 1)
        self.assertIn(occupied, done.stdout)
        self.assertEqual(done.stdout.count("\n"), 1, done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
