# SPDX-License-Identifier: Apache-2.0
"""How a target is compiled so that the compiler tells of every access.

The flags are those of ThreadSanitizer, for compiling only: the hooks that they
put in are ours (//kcsan/abi), and libtsan is never linked.
"""

_GCC_COPTS = [
    "-fsanitize=thread",
    "--param=tsan-distinguish-volatile=1",
    # It warns of fences. Those are calls of hooks here, and no secret.
    "-Wno-tsan",
]

_CLANG_COPTS = [
    "-fsanitize=thread",
    "-mllvm",
    "-tsan-distinguish-volatile=1",
    "-mllvm",
    "-tsan-compound-read-before-write=1",
]

# For the `copts` of a target. Its own files only; what it depends on stays as it
# is.
KCSAN_INSTRUMENT_COPTS = [
    "-DKCSAN_ENABLED=1",
    "-DKCSAN_INSTRUMENTED=1",
] + select({
    "@kcsan//bazel:is_clang": _CLANG_COPTS,
    "//conditions:default": _GCC_COPTS,
})

# Other sanitizers do not go together with it, and with the detector off there is
# nothing to instrument for.
KCSAN_INSTRUMENT_TAGS = [
    "noasan",
    "nooff",
    "notsan",
]
