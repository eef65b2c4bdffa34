#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Not py_binary: Bazel's stub asks for `python`, which a Debian machine with
# python3 does not have.
exec python3 -B "$@"
