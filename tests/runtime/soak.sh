#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs each of the given test binaries many times, and says how often each
# failed. For finding what happens once in a thousand times.
#
#   bazel test //tests/runtime:soak --test_env=KCSAN_SOAK_ROUNDS=10000

set -u

rounds=${KCSAN_SOAK_ROUNDS:-1000}
log=$(mktemp)
failed_tests=0
for binary in "$@"; do
  failures=0
  i=0
  while [ "$i" -lt "$rounds" ]; do
    if ! "$binary" >"$log" 2>&1; then
      failures=$((failures + 1))
      [ "$failures" -eq 1 ] && cat "$log"
    fi
    i=$((i + 1))
  done
  echo "${binary##*/}: $failures of $rounds runs failed"
  [ "$failures" -eq 0 ] || failed_tests=$((failed_tests + 1))
done
rm -f "$log"
[ "$failed_tests" -eq 0 ]
