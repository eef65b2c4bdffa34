# SPDX-License-Identifier: Apache-2.0
"""What the tests of this folder ask of compilers and object files."""

import os
import re
import shutil
import subprocess

COMPILERS = ("g++", "clang++")


def run(*command):
    result = subprocess.run(command, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT,
                            universal_newlines=True, check=False)
    if result.returncode != 0:
        raise RuntimeError("%s\n%s" % (" ".join(command), result.stdout))
    return result.stdout


def installed_compilers():
    """Those of COMPILERS that are here; says which are not."""
    found = []
    for compiler in COMPILERS:
        if shutil.which(compiler):
            found.append(compiler)
        else:
            print("SKIPPED: no %s on this machine" % compiler, flush=True)
    return found


def compile_object(compiler, source, output, flags):
    run(compiler, "-std=c++17", "-I.", "-DKCSAN_ENABLED=1", *flags, "-c",
        source, "-o", output)
    return output


def symbols(path):
    """(name, type letter as of nm) of each symbol of an object or archive."""
    # `nm -P`: a line for a file, or "name type [value [size]]".
    lines = [line.split() for line in run("nm", "-P", path).splitlines()]
    return [(l[0], l[1]) for l in lines if len(l) >= 2 and len(l[1]) == 1]


class Section:

    def __init__(self, name, size, flags):
        self.name, self.size, self.flags = name, size, flags


def sections(path):
    """All sections of an object, or of every object in an archive."""
    found = []
    pattern = re.compile(
        r"\s*\[\s*\d+\]\s+(\S+)\s+[A-Z_0-9]+\s+[0-9a-f]+\s+[0-9a-f]+\s+"
        r"([0-9a-f]+)\s+[0-9a-f]+\s+([A-Za-z]*)\s")
    for line in run("readelf", "--wide", "--section-headers",
                    path).splitlines():
        match = pattern.match(line)
        if match:
            found.append(Section(match.group(1), int(match.group(2), 16),
                                 match.group(3)))
    return found


def sources(directory):
    """The .cc files of one room, from the root of the tree."""
    return sorted(os.path.join(directory, name)
                  for name in os.listdir(directory) if name.endswith(".cc"))
