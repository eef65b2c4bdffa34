# SPDX-License-Identifier: Apache-2.0
"""A stand-in for @rules_java: the rules that are built into Bazel.

Nothing here is Java, but Bazel looks at its own Java toolchain before it builds
anything, and Debian's would download @rules_java for that.
"""

java_binary = native.java_binary
java_import = native.java_import
java_library = native.java_library
java_proto_library = native.java_proto_library
java_runtime = native.java_runtime
java_test = native.java_test
java_toolchain = native.java_toolchain
