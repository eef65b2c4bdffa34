# SPDX-License-Identifier: Apache-2.0
"""The compiler flags of this repository's own targets.

They are set on each target and not in .bazelrc, because neither the libraries
of others nor a user's program have to live up to our warnings.
"""

_WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wshadow",
    "-Wcast-align",
    "-Wformat=2",
    "-Wimplicit-fallthrough",
    "-Wpointer-arith",
    "-Wundef",
    "-Wunused",
    "-Werror",
]

# For C++ and for C. The C set lacks the warnings that GCC refuses for C.
KCSAN_COPTS = _WARNINGS + [
    "-Wnon-virtual-dtor",
    "-Woverloaded-virtual",
]

KCSAN_C_COPTS = _WARNINGS + ["-Wstrict-prototypes"]

# The watchpoint core. It runs inside every access of the program, so it is
# optimised in every build, and it is freestanding, so nothing in it may throw
# or need type information. Sanitizers stay possible: the core is tested under
# them.
KCSAN_CORE_COPTS = KCSAN_COPTS + [
    "-O2",
    "-fno-exceptions",
    "-fno-rtti",
]

KCSAN_CORE_DEFINES = [
    # The runtime itself always sees the entry points, whatever the program that
    # it is linked into was built with.
    "KCSAN_ENABLED=1",
    # The thread's words by their second name, which is hidden: where the runtime
    # is linked into the program, the linker then knows their offset, and what
    # every hook begins with is no load.
    "kcsan_rt_thread=__kcsan_thread",
]
