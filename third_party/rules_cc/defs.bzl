# SPDX-License-Identifier: Apache-2.0
"""A stand-in for @rules_cc: the rules that are built into Bazel.

Debian's Bazel refers to @rules_cc and would download it. Its own package of
rules_cc is for a later Bazel and does not load.
"""

cc_binary = native.cc_binary
cc_import = native.cc_import
cc_library = native.cc_library
cc_proto_library = native.cc_proto_library
cc_test = native.cc_test
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
fdo_prefetch_hints = native.fdo_prefetch_hints
fdo_profile = native.fdo_profile
objc_library = native.objc_library
