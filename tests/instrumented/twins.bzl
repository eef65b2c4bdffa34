# SPDX-License-Identifier: Apache-2.0
"""A program that must run without a report, and its twin that must not."""

load("//bazel:copts.bzl", "KCSAN_COPTS")
load("//bazel:instrument.bzl", "KCSAN_INSTRUMENT_COPTS", "KCSAN_INSTRUMENT_TAGS")

def twins_test(
        name,
        srcs = None,
        copts = [],
        language_copts = KCSAN_COPTS,
        linkopts = [],
        args = [],
        deps = [],
        data = []):
    """Builds one instrumented program from NAME.cc and runs it both ways.

    Args:
      name: what the program does. The test is NAME_test.
      srcs: if not NAME.cc.
      copts: beside those of this repository and of instrumentation.
      language_copts: this repository's flags for the language, if not C++.
      linkopts: beside -pthread.
      args: of run_twins.py, after the program.
      deps: beside the support and the detector.
      data: what the program needs at run time.
    """
    native.cc_binary(
        name = name,
        testonly = True,
        srcs = srcs or [name + ".cc"],
        # Optimised, because users' programs are, and then more is inlined.
        copts = language_copts + KCSAN_INSTRUMENT_COPTS + ["-O2"] + copts,
        linkopts = ["-pthread"] + linkopts,
        tags = KCSAN_INSTRUMENT_TAGS,
        deps = deps + [
            ":support",
            "//:kcsan_instrumented",
        ],
    )
    native.sh_test(
        name = name + "_test",
        size = "small",
        srcs = ["run_twins.sh"],
        args = ["$(location :%s)" % name] + args,
        data = data + [
            "run_twins.py",
            ":" + name,
        ],
        tags = KCSAN_INSTRUMENT_TAGS,
    )
