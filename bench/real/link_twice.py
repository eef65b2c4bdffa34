#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A compiler that links every program twice: with the detector, and empty.

  link_twice.py KCSAN_COMPILER COMPILER EMPTY_HOOKS ARGUMENT...

The arguments go to the first. If they link a program, its objects are linked
once more by COMPILER with the hooks of EMPTY_HOOKS, into a file with `.empty`
added to its name: the same code, and a detector that does nothing.
"""

import os
import subprocess
import sys

_NO_LINK = ("-c", "-S", "-E", "-M", "-MM", "-shared", "-r", "--version", "-v",
            "-V", "-qversion", "-dumpversion", "-dumpmachine")
_SOURCES = (".c", ".cc", ".cpp", ".cxx", ".S", ".s")


def second_link(arguments):
    """The arguments of the second link, or None if there is none."""
    if any(argument in _NO_LINK or argument.startswith(("-print", "-dump"))
           for argument in arguments):
        return None
    if any(argument.endswith(_SOURCES) for argument in arguments):
        return None  # A probe of configure: no recipe of ours does so.
    if "-o" not in arguments:
        return None
    result = list(arguments)
    result[result.index("-o") + 1] += ".empty"
    return result


def main():
    kcsan, compiler, empty = sys.argv[1:4]
    arguments = sys.argv[4:]
    status = subprocess.call([kcsan] + arguments)
    again = second_link(arguments) if status == 0 else None
    if again is None:
        return status
    return subprocess.call([compiler] + again + [empty],
                           env=dict(os.environ, LC_ALL="C"))


if __name__ == "__main__":
    sys.exit(main())
