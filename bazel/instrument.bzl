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
    # These read a variable before a loop, or on a path, that then has no use for
    # it. The source has no such read, and the other thread no reason to wait.
    "-fno-tree-loop-im",
    "-fno-tree-partial-pre",
]

_CLANG_COPTS = [
    "-fsanitize=thread",
    "-mllvm",
    "-tsan-distinguish-volatile=1",
    "-mllvm",
    "-tsan-compound-read-before-write=1",
    # As GCC's -fno-tree-loop-im.
    "-mllvm",
    "-disable-licm-promotion",
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

def _with_runtime(rule, copts, deps, tags, **kwargs):
    rule(
        copts = copts + KCSAN_INSTRUMENT_COPTS,
        tags = tags + KCSAN_INSTRUMENT_TAGS,
        deps = deps + ["@kcsan//:kcsan_instrumented"],
        **kwargs
    )

def kcsan_cc_library(name, copts = [], deps = [], tags = [], **kwargs):
    """A cc_library whose sources are instrumented.

    Args:
      name: of the target.
      copts: beside those that instrument.
      deps: each is instrumented if it is a kcsan_cc_library itself.
      tags: of the target.
      **kwargs: as for cc_library.
    """
    _with_runtime(native.cc_library, copts, deps, tags, name = name, **kwargs)

def kcsan_cc_binary(name, copts = [], deps = [], tags = [], **kwargs):
    """A cc_binary whose sources are instrumented. As kcsan_cc_library."""
    _with_runtime(native.cc_binary, copts, deps, tags, name = name, **kwargs)

def kcsan_cc_test(name, copts = [], deps = [], tags = [], **kwargs):
    """A cc_test whose sources are instrumented. As kcsan_cc_library.

    It fails with exit status 66 if there was a report.
    """
    _with_runtime(native.cc_test, copts, deps, tags, name = name, **kwargs)
