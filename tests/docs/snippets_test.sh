#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Lays out the headers as an installation would, and compiles the docs' snippets
# against them.

set -eu

include="$TEST_TMPDIR/include"
mkdir -p "$include/tests"
cp -rL kcsan "$include/kcsan"
cp -rL annotations assert "$include/kcsan/"
cp -rL tests/docs "$include/tests/docs"

cxx=${CXX:-$(command -v g++ || command -v clang++)}
cp -L ./*.md "$include/"
cp -rL docs "$include/docs"
cd "$include"
python3 tests/docs/snippets_test.py "$cxx" "$include" $(ls ./*.md docs/*.md)
