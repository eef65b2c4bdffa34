# SPDX-License-Identifier: Apache-2.0
"""An installed tree with a stub runtime, and a directory to compile in.

A test's arguments: the C compiler's name, the wrapper's path, that of
kcsan.specs. Where there is no such compiler, nothing is tested.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

CC = sys.argv.pop(1)
CXX = CC.replace("gcc", "g++").replace("clang", "clang++")
WRAPPER = os.path.abspath(sys.argv.pop(1))
SPECS = os.path.abspath(sys.argv.pop(1))
HERE = os.path.dirname(os.path.abspath(__file__))


def clean_environment(**more):
    env = {k: v for k, v in os.environ.items()
           if not k.startswith("KCSAN_") and k != "STUB_LOG"}
    env["LC_ALL"] = "C"
    env.update(more)
    return env


def install(root):
    """What an installer makes of the tree, with the stub."""
    for directory in ("bin", "lib", "include"):
        os.makedirs(os.path.join(root, directory))
    shutil.copy(WRAPPER, root + "/bin/kcsan-cc")
    os.symlink("kcsan-cc", root + "/bin/kcsan-c++")
    shutil.copy(SPECS, root + "/lib/kcsan.specs")
    with open(root + "/include/kcsan_probe.h", "w") as file:
        file.write("#define FOUND_KCSAN_HEADERS 1\n")
    with open(root + "/lib/kcsan.wrap", "w") as file:
        file.write("--wrap=strlen\n")
    with open(root + "/lib/kcsan.syms", "w") as file:
        file.write("{ __tsan_*; __wrap_*; kcsan_*; };\n")
    stub, real = root + "/lib/stub.o", root + "/lib/real.o"
    for source, output in (("stub_runtime.c", stub), ("real_strlen.c", real)):
        subprocess.run(["gcc", "-O1", "-fPIC", "-c", os.path.join(HERE, source),
                        "-o", output], check=True, env=clean_environment())
    subprocess.run(["ar", "rcs", root + "/lib/libkcsan.a", stub, real],
                   check=True)
    subprocess.run(["gcc", "-shared", stub, "-Wl,--wrap=strlen", "-o",
                    root + "/lib/libkcsan.so"], check=True)
    return root


class SandboxTest(unittest.TestCase):
    cc, cxx = CC, CXX

    @classmethod
    def setUpClass(cls):
        cls._root = tempfile.TemporaryDirectory()
        cls.prefix = install(os.path.join(cls._root.name, "pre fix"))

    @classmethod
    def tearDownClass(cls):
        cls._root.cleanup()

    def setUp(self):
        self._work = tempfile.TemporaryDirectory()
        self.work = os.path.realpath(self._work.name)

    def tearDown(self):
        self._work.cleanup()

    def write(self, name, text):
        path = os.path.join(self.work, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def env(self, **more):
        variables = {"PATH": self.prefix + "/bin:" + os.environ["PATH"],
                     "KCSAN_CC": self.cc, "KCSAN_CXX": self.cxx}
        variables.update(more)
        return clean_environment(**variables)

    def run_command(self, *words, cwd=None, stdin="", **env):
        return subprocess.run(words, cwd=cwd or self.work, env=self.env(**env),
                              input=stdin, text=True, capture_output=True,
                              timeout=120)

    def wrapped(self, *words, name="kcsan-cc", **kwargs):
        return self.run_command(name, *words, **kwargs)

    def build(self, *words, **kwargs):
        """As wrapped(), and it has to go well, without a word."""
        done = self.wrapped(*words, **kwargs)
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done

    def execute(self, program="./a.out", **env):
        """Runs it; returns its output and the stub's three counts, or None
        where no stub is in it: accesses, volatile ones, wrapped calls."""
        log = os.path.join(self.work, "stub.log")
        if os.path.exists(log):
            os.remove(log)
        done = self.run_command(program, STUB_LOG=log, **env)
        self.assertEqual((done.returncode, done.stderr), (0, ""), program)
        if not os.path.exists(log):
            return done.stdout, None
        with open(log) as file:
            return done.stdout, tuple(map(int, file.read().split()))

    def symbols(self, path):
        return self.run_command("nm", path).stdout

    def assert_instrumented(self, path):
        self.assertIn("__tsan_", self.symbols(path))

    def assert_not_instrumented(self, path):
        self.assertNotIn("__tsan_", self.symbols(path))


# One access of each kind that the stub counts: plain, volatile, wrapped.
MAIN_C = """\
#include <stdio.h>
#include <string.h>
#include <kcsan_probe.h>
int plain = 3;
volatile int marked;
char text[8];
int main(int argc, char** argv) {
  plain += argc;
  marked = plain;
  text[0] = (char)(argv[0] != 0 ? 'a' : 'b');
  printf("%d %zu\\n", plain, strlen(text));
  return 0;
}
"""
MAIN_OUTPUT = "4 1\n"

MAIN_CC = """\
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
int plain = 3;
volatile int marked;
std::string text;
struct Base { virtual ~Base() = default; virtual int Get() { return plain; } };
int main(int argc, char**) {
  text.assign(static_cast<size_t>(argc), 'a');
  Base* base = new Base;
  plain += argc;
  marked = base->Get();
  delete base;
  try {
    throw std::runtime_error("thrown");
  } catch (const std::exception& e) {
    std::printf("%d %zu %s\\n", plain, std::strlen(text.c_str()), e.what());
  }
}
"""
MAIN_CC_OUTPUT = "4 1 thrown\n"


def main():
    if not (shutil.which(CC) and shutil.which(CXX)):
        print("skipped: there is no", CC)
        return
    unittest.main()
