#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# generated_test.sh PROGRAM FILE: the file is what the program prints.

set -eu

if ! "$1" | diff - "$2"; then
  echo "$2 is out of date. Run the command that stands in it."
  exit 1
fi
