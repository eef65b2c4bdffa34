#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Lays out the headers as an installation would, and runs the test on them.

set -eu

include="$TEST_TMPDIR/include"
mkdir -p "$include/tests"
cp -rL kcsan "$include/kcsan"
cp -rL annotations assert "$include/kcsan/"
cp -rL tests/disabled "$include/tests/disabled"
exec python3 tests/disabled/zero_cost_test.py "$include"
