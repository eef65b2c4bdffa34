# SPDX-License-Identifier: Apache-2.0
"""Rules for this repository's targets."""

load(":copts.bzl", "KCSAN_COPTS")

def kcsan_doctest(name, srcs, deps = [], copts = [], size = "small", **kwargs):
    """A cc_test whose cases are written with doctest.

    Args:
      name: of the target.
      srcs: of the test; none of them defines main().
      deps: beside doctest and its main().
      copts: beside KCSAN_COPTS.
      size: of the test.
      **kwargs: as for cc_test.
    """
    native.cc_test(
        name = name,
        size = size,
        srcs = srcs,
        copts = KCSAN_COPTS + copts,
        deps = deps + [
            "@kcsan//tests/support:doctest_main",
            "@doctest//doctest",
        ],
        **kwargs
    )
