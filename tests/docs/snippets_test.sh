#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Lays out the headers as an installation would, and compiles the snippets of the
# docs, and of the headers themselves, against them.

set -eu

include="$TEST_TMPDIR/include"
mkdir -p "$include/tests"
cp -rL kcsan "$include/kcsan"
cp -rL annotations assert "$include/kcsan/"
cp -rL tests/docs "$include/tests/docs"

cp -L ./*.md "$include/"
cp -rL docs "$include/docs"
cd "$include"
python3 -B tests/docs/snippets_test.py "$include" ./*.md docs/*.md kcsan/*.h \
  kcsan/annotations/*.h kcsan/assert/*.h
