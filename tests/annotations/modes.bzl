# SPDX-License-Identifier: Apache-2.0
"""Tests that hold in every mode of kcsan/config.h."""

load("//bazel:kcsan.bzl", "kcsan_doctest")

_ALL = [
    "//annotations",
    "//annotations:virtio_ring_layout",
    "//assert",
]

def kcsan_mode_tests(name, srcs, size = "small"):
    """One test for each mode: NAME_off_test, NAME_on_test, NAME_tsan_test.

    Args:
      name: the beginning of the tests' names.
      srcs: of each test.
      size: of each test.
    """

    # With --config=tsan this, too, is the mode for ThreadSanitizer.
    kcsan_doctest(
        name = name + "_off_test",
        size = size,
        srcs = srcs,
        deps = _ALL,
    )
    kcsan_doctest(
        name = name + "_on_test",
        size = size,
        srcs = srcs,
        # Its runtime uses the system's Abseil, which is not instrumented.
        tags = ["notsan"],
        deps = _ALL + ["//:kcsan_enabled"],
    )
    kcsan_doctest(
        name = name + "_tsan_test",
        size = size,
        srcs = srcs,
        copts = ["-fsanitize=thread"],
        linkopts = ["-fsanitize=thread"],
        # With --config=tsan the first one does; two sanitizers do not mix.
        tags = [
            "noasan",
            "notsan",
        ],
        deps = _ALL,
    )
