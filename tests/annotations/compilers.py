# SPDX-License-Identifier: Apache-2.0
"""Compiling small programs against our headers, for tests in Python.

These tests call the compilers themselves and not through Bazel, so that one run
looks at GCC and at Clang, at refusals, and at the objects that come out.
"""

import os
import shutil
import subprocess
import tempfile

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wcast-align",
            "-Wcast-qual", "-Wconversion", "-Wpointer-arith", "-Wundef",
            "-Werror"]

# The modes of kcsan/config.h.
MODES = {
    "off": [],
    "runtime": ["-DKCSAN_ENABLED=1"],
    "instrumented": ["-DKCSAN_ENABLED=1", "-DKCSAN_INSTRUMENTED=1",
                     "-fsanitize=thread"],
    "tsan": ["-fsanitize=thread"],
}


def installed():
    """The C++ compilers that are here; says which are not."""
    found = [c for c in ("g++", "clang++") if shutil.which(c)]
    for missing in {"g++", "clang++"} - set(found):
        print("SKIPPED: no %s on this machine" % missing, flush=True)
    assert found, "no compiler at all"
    return found


class Headers:
    """Our headers as an installation lays them out, in a folder of their own."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory()
        self.root = self._directory.name
        for source, target in (("kcsan", "kcsan"),
                               ("annotations", "kcsan/annotations"),
                               ("assert", "kcsan/assert")):
            for folder, _, names in os.walk(source, followlinks=True):
                for name in names:
                    if not name.endswith((".h", ".inc")):
                        continue
                    to = os.path.normpath(os.path.join(
                        self.root, target, os.path.relpath(folder, source)))
                    os.makedirs(to, exist_ok=True)
                    shutil.copyfile(os.path.join(folder, name),
                                    os.path.join(to, name))
        assert os.path.exists(
            os.path.join(self.root, "kcsan/annotations/once.h"))

    def list(self):
        """Every header of annotations/ and assert/, as it is included."""
        found = []
        for room in ("kcsan/annotations", "kcsan/assert"):
            for folder, _, names in os.walk(os.path.join(self.root, room)):
                found += [os.path.relpath(os.path.join(folder, name), self.root)
                          for name in names if name.endswith(".h")]
        assert len(found) > 10, found
        return sorted(found)

    def read(self, header):
        with open(os.path.join(self.root, header), encoding="utf-8") as text:
            return text.read()

    def compile(self, compiler, text, flags=(), output=None, suffix=".cc"):
        """Compiles `text`. (succeeded, what the compiler said)."""
        what = ["-c", "-o", output] if output else ["-fsyntax-only"]
        standard = "-std=c11" if suffix == ".c" else "-std=c++17"
        with tempfile.NamedTemporaryFile("w", suffix=suffix) as source:
            source.write(text)
            source.flush()
            done = subprocess.run(
                [compiler, standard, "-I", self.root, *flags, *what,
                 source.name],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                universal_newlines=True, check=False)
        return done.returncode == 0, done.stdout


def run(*command, **kwargs):
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True,
                          check=True, **kwargs).stdout
