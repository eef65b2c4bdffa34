#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A Bazel test wants an executable file of its own; see golden.bzl.

exec python3 tests/e2e/golden_runner.py "$@"
