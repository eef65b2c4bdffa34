# SPDX-License-Identifier: Apache-2.0
"""Every outside dependency of the build, in one function.

Each library comes from the system where Debian ships it and from a pinned
archive otherwise. The labels are the ones that each project uses itself, so
that the rest of the tree does not know which of the two it got.
"""

load(":abseil.bzl", "abseil_repository")
load(":bundled.bzl", "bundled_repository")
load(":libbacktrace.bzl", "libbacktrace_repository")
load(":system_library.bzl", "system_library")

def kcsan_dependencies():
    """Declares the dependencies that the caller has not declared already."""
    _rules()
    _libraries()

def _declare(rule, name, **kwargs):
    # The caller's own choice wins, as with any WORKSPACE dependency.
    if name not in native.existing_rules():
        rule(name = name, **kwargs)

def _rules():
    # Debian's Bazel is built from source and has no version string. It wants
    # to download its rules; a released Bazel brings or fetches those that fit
    # it, and must not be given ours.
    if native.bazel_version == "":
        _declare(
            bundled_repository,
            name = "rules_cc",
            files = {
                "@kcsan//third_party:rules_cc/cc.BUILD": "cc/BUILD",
                "@kcsan//third_party:rules_cc/defs.bzl": "cc/defs.bzl",
            },
        )
        _declare(
            bundled_repository,
            name = "rules_java",
            files = {
                "@kcsan//third_party:rules_java/defs.bzl": "java/defs.bzl",
                "@kcsan//third_party:rules_java/java.BUILD": "java/BUILD",
            },
        )
        _declare(
            bundled_repository,
            name = "remote_coverage_tools",
            files = {
                "@kcsan//third_party:remote_coverage_tools.BUILD": "BUILD",
            },
        )

def _libraries():
    _declare(
        abseil_repository,
        name = "com_google_absl",
        archive_build_file = "@kcsan//third_party:abseil_archive.BUILD",
        sha256 = "91ac87d30cc6d79f9ab974c51874a704de9c2647c40f6932597329a282217ba8",
        strip_prefix = "abseil-cpp-20220623.1",
        urls = ["https://github.com/abseil/abseil-cpp/archive/refs/tags/20220623.1.tar.gz"],
    )
    _declare(
        system_library,
        name = "doctest",
        archive_dir = "include",
        build_files = {
            "@kcsan//third_party:doctest.BUILD": "BUILD.bazel",
            "@kcsan//third_party:doctest_package.BUILD": "doctest/BUILD.bazel",
        },
        debian_package = "doctest-dev",
        headers = {"doctest/doctest.h": "include/doctest/doctest.h"},
        sha256 = "19b2df757f2f3703a5e63cee553d85596875f06d91a3333acd80a969ef210856",
        strip_prefix = "doctest-2.4.9",
        urls = ["https://github.com/doctest/doctest/archive/refs/tags/v2.4.9.tar.gz"],
    )
    _declare(
        system_library,
        name = "com_google_benchmark",
        build_files = {"@kcsan//third_party:benchmark.BUILD": "BUILD.bazel"},
        debian_package = "libbenchmark-dev",
        headers = {
            "benchmark/benchmark.h": "include/benchmark/benchmark.h",
            "benchmark/export.h": "include/benchmark/export.h",
        },
        sha256 = "6430e4092653380d9dc4ccb45a1e2dc9259d581f4866dc0759713126056bc1d7",
        strip_prefix = "benchmark-1.7.1",
        urls = ["https://github.com/google/benchmark/archive/refs/tags/v1.7.1.tar.gz"],
    )
    _declare(
        libbacktrace_repository,
        name = "libbacktrace",
        build_file = "@kcsan//third_party:libbacktrace.BUILD",
    )
