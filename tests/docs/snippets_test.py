# SPDX-License-Identifier: Apache-2.0
"""Compiles every C++ snippet of the docs, with the detector on and off.

Usage: snippets_test.py ROOT FILE...

In Markdown a snippet is a ```cpp block, in a header what is indented below a
comment's "Example:". It stands for itself, at namespace scope, after prelude.h;
statements are tried again inside a function. A Markdown block that is meant not
to compile is fenced as ```cpp-bad, and must not.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```(cpp|cpp-bad)\n(.*?)^```", re.M | re.S)
# The comment's lines that are empty or indented by three: the manual's own text
# is indented by one.
EXAMPLE = re.compile(r"^// Example\b[^\n]*:\n//\n((?://(?:   [^\n]*)?\n)+)",
                     re.M)
ANY_EXAMPLE = re.compile(r"^//\s+Example\b", re.M)
FLAGS = ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-Wno-unused"]
# What an application includes; who else shows no example, has no reader.
WITHOUT_EXAMPLE = ("kcsan/kcsan.h", "kcsan/config.h")


class Compiler:
    """One compiler in one mode, the prelude read already: it is most of it."""

    def __init__(self, cxx, root, enabled):
        self.what = "%s -DKCSAN_ENABLED=%d" % (cxx, enabled)
        self._folder = tempfile.TemporaryDirectory()
        self._command = [cxx, *FLAGS, "-DKCSAN_ENABLED=%d" % enabled, "-I",
                         root]
        self._prelude = os.path.join(self._folder.name, "prelude.h")
        with open(self._prelude, "w", encoding="utf-8") as prelude:
            prelude.write("#include \"tests/docs/prelude.h\"\n")
        # Both compilers look for this name beside the header that is included.
        subprocess.run([*self._command, "-x", "c++-header", self._prelude, "-o",
                        self._prelude + ".gch"], check=True)

    def compiles(self, text):
        """(whether `text` compiles, what the compiler says)."""
        done = subprocess.run(
            [*self._command, "-include", self._prelude, "-fsyntax-only", "-x",
             "c++", "-"], input=text, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, universal_newlines=True, check=False)
        return done.returncode == 0, done.stdout


def as_program(name, line, code, in_function):
    # The user's own includes come before the wrapping, and leave their lines
    # empty: errors name the line in the document.
    lines = code.splitlines()
    if name.endswith(".h"):
        includes = ["#include \"%s\"" % name]
    else:
        includes = [l for l in lines if l.startswith("#include")]
    body = "\n".join("" if l.startswith("#include") else l for l in lines)
    # A namespace of its own: snippets may define what the prelude declares.
    opening = "namespace snippet {"
    closing = "}"
    if in_function:
        opening += " void Snippet() {"
        closing += "}"
    return "%s\n%s\n#line %d \"%s\"\n%s\n%s\n" % (
        "\n".join(includes), opening, line, name, body, closing)


def snippets(name, text):
    """(line, code, whether it must compile) of each snippet in the file."""
    found = []
    for match in (EXAMPLE if name.endswith(".h") else FENCE).finditer(text):
        # Group 1 or 2 is the code; its line is the first of it.
        code = match.group(match.lastindex)
        line = text.count("\n", 0, match.start(match.lastindex)) + 1
        if name.endswith(".h"):
            code = re.sub(r"^//(   )?", "", code, flags=re.M)
            found.append((line, code, True))
        else:
            found.append((line, code, match.group(1) == "cpp"))
    return found


def complaints(name, text, found):
    """What is wrong with a header's examples before they are compiled."""
    if not name.endswith(".h"):
        return []
    if not found and name not in WITHOUT_EXAMPLE:
        return ["%s shows no example" % name]
    if len(ANY_EXAMPLE.findall(text)) != len(found):
        return ["%s: an example is not indented by three, after an empty line"
                % name]
    return []


def check(compiler, name, line, code, want):
    """Null, or what is wrong."""
    good, errors = compiler.compiles(as_program(name, line, code, False))
    if not good:
        good, inside = compiler.compiles(as_program(name, line, code, True))
        errors += inside
    if good == want:
        return None
    return "%s:%d: snippet %s with %s\n%s" % (
        name, line, "does not compile" if want else "compiles", compiler.what,
        errors)


def main():
    root, *files = sys.argv[1:]
    asked = os.environ.get("CXX")
    installed = [c for c in ([asked] if asked else ["g++", "clang++"])
                 if shutil.which(c)]
    # Each snippet with and without the detector, and by both compilers if there
    # are two; not every pair of these, since it takes its time.
    one, other = installed[0], installed[-1]
    pairs = [[Compiler(one, root, 0), Compiler(other, root, 1)],
             [Compiler(other, root, 0), Compiler(one, root, 1)]]
    turn = 0
    passed = 0
    wrong = []
    for name in map(os.path.normpath, files):
        with open(os.path.join(root, name), encoding="utf-8") as f:
            text = f.read()
        found = snippets(name, text)
        wrong += complaints(name, text, found)
        for line, code, want in found:
            turn += 1
            for compiler in pairs[turn % 2]:
                error = check(compiler, name, line, code, want)
                if error:
                    wrong.append(error)
                else:
                    passed += 1
    print("\n".join(wrong))
    print("%d passed, %d failed" % (passed, len(wrong)))
    return 1 if wrong or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
