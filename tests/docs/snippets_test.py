# SPDX-License-Identifier: Apache-2.0
"""Compiles every C++ snippet of the docs, with the detector on and off.

Usage: snippets_test.py CXX ROOT FILE...

A ```cpp block stands for itself, at namespace scope, after prelude.h. A block of
statements is tried again inside a function. A block that is meant not to compile
is fenced as ```cpp-bad, and must not.
"""

import os
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```(cpp|cpp-bad)\n(.*?)^```", re.M | re.S)
FLAGS = ["-std=c++17", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
         "-Wno-unused"]


def compiles(cxx, root, text, enabled):
    with tempfile.NamedTemporaryFile("w", suffix=".cc") as source:
        source.write(text)
        source.flush()
        command = [cxx, *FLAGS, "-DKCSAN_ENABLED=%d" % enabled, "-I", root,
                   source.name]
        done = subprocess.run(command, capture_output=True, text=True)
        return done.returncode == 0, done.stderr


def as_program(code, in_function):
    prelude = '#include "tests/docs/prelude.h"\n'
    # The user's own includes come before the wrapping.
    lines = code.splitlines()
    includes = [l for l in lines if l.startswith("#include")]
    rest = [l for l in lines if not l.startswith("#include")]
    body = "\n".join(rest)
    if in_function:
        body = "void Snippet() {\n" + body + "\n}"
    # A namespace of its own: snippets may define what the prelude declares.
    return prelude + "\n".join(includes) + "\nnamespace snippet {\n" + body + "\n}\n"


def main():
    cxx, root, *files = sys.argv[1:]
    passed = failed = 0
    for name in files:
        with open(os.path.join(root, name)) as f:
            text = f.read()
        for match in FENCE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            want = match.group(1) == "cpp"
            for enabled in (0, 1):
                good, errors = compiles(
                    cxx, root, as_program(match.group(2), False), enabled)
                if not good:
                    good, errors_inside = compiles(
                        cxx, root, as_program(match.group(2), True), enabled)
                    errors += errors_inside
                if good == want:
                    passed += 1
                    continue
                failed += 1
                print("%s:%d: snippet %s with KCSAN_ENABLED=%d" %
                      (name, line,
                       "does not compile" if want else "compiles", enabled))
                print(errors)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
