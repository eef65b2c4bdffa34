#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The flags that instrument are the same in every place that has them.

kcsan-cc (compiler/plan.cc, kcsan.specs), bazel/instrument.bzl, .bazelrc and the
installed CMake package each spell them in their own language. A flag in one of
them alone would be a build whose reports nobody else can repeat.

  instrument_flags_test.py KCSAN_CC
"""

import os
import re
import stat
import subprocess
import sys
import tempfile
import unittest

KCSAN_CC = None
COMPILERS = ("gcc", "clang")

# What all share, and each has to have, or its text was not understood.
DEFINES = {"-DKCSAN_ENABLED=1", "-DKCSAN_INSTRUMENTED=1"}
HOOKS = "-fsanitize=thread"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def flags_of(words):
    """A set, where a flag and the word that belongs to it are one."""
    words = list(words)
    flags = set()
    while words:
        word = words.pop(0)
        flags.add(word + " " + words.pop(0) if word == "-mllvm" else word)
    return flags


def from_wrapper():
    """What kcsan-cc adds, of the flags that are not about where it stands or
    about debug information. The compilers are inventions, and never run."""
    found = {}
    with tempfile.TemporaryDirectory() as place:
        for compiler in COMPILERS:
            path = os.path.join(place, compiler)
            with open(path, "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\nexit 1\n")
            os.chmod(path, stat.S_IRWXU)
            environment = {"KCSAN_CC": path, "PATH": os.environ["PATH"],
                           "KCSAN_DEBUG_INFO": "0", "KCSAN_PREFIX": "/prefix"}
            words = subprocess.run(
                [KCSAN_CC, "--kcsan-show", "-c", "a.c"], check=True,
                env=environment, stdout=subprocess.PIPE,
                universal_newlines=True).stdout.split()
            own = {path, "-c", "a.c", "-idirafter", "/prefix/include",
                   "--start-no-unused-arguments", "--end-no-unused-arguments"}
            found[compiler] = flags_of(w for w in words if w not in own)
    return found


def from_bzl():
    # Starlark is close enough to Python here.
    names = {"native": None,
             "select": lambda choices: list(choices.items())}
    exec(read("bazel/instrument.bzl"), names)  # pylint: disable=exec-used
    words = names["KCSAN_INSTRUMENT_COPTS"]
    common = [w for w in words if isinstance(w, str)]
    choices = dict(w for w in words if not isinstance(w, str))
    return {"gcc": flags_of(common + choices["//conditions:default"]),
            "clang": flags_of(common + choices["@kcsan//bazel:is_clang"])}


def from_bazelrc():
    words = {}
    for name, text in re.findall(
            r"^build:([\w-]+) --per_file_copt=\S*?@(\S+)$", read(".bazelrc"),
            re.MULTILINE):
        words.setdefault(name, []).extend(text.split(","))
    return {"gcc": flags_of(words["kcsan-any"] + words["kcsan"]),
            "clang": flags_of(words["kcsan-any"] + words["kcsan-clang"])}


def from_cmake():
    text = read("install/kcsan-config.cmake")
    defines = re.search(r"target_compile_definitions\(\S+ PRIVATE\s+([^)]*)\)",
                        text).group(1).split()
    found = {}
    for compiler in COMPILERS:
        words = ["-D" + define for define in defines]
        for items in re.findall(r"(?:set\(|list\(APPEND )%s ([^)]*)\)" %
                                compiler, text):
            for item in re.findall(r'"([^"]*)"|(\S+)', items):
                for part in (item[0] or item[1]).split(";"):
                    words += re.sub("^SHELL:", "", part).split()
        found[compiler] = flags_of(words)
    return found


class InstrumentFlagsTest(unittest.TestCase):

    def test_all_agree(self):
        wanted = from_wrapper()
        for compiler in COMPILERS:
            self.assertLessEqual(DEFINES | {HOOKS}, wanted[compiler])
            self.assertGreater(len(wanted[compiler]), 5)
        for place in (from_bzl, from_bazelrc, from_cmake):
            with self.subTest(place=place.__name__):
                self.assertEqual(place(), wanted)

    def test_links_by_gcc(self):
        """There the hooks come from the specs, and all else as ever."""
        specs = flags_of(re.findall(r"%\{!\.sx:([^}]*)\}",
                                    read("compiler/kcsan.specs"))[0].split())
        self.assertIn(HOOKS, specs)
        self.assertLess(specs, from_bzl()["gcc"])


if __name__ == "__main__":
    KCSAN_CC = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
