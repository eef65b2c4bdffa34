#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Starts a script with Debian's Python; Bazel's own stub asks for `python`.

exec python3 -B "$@"
