#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A Bazel workspace outside this repository: its racy test is reported, the fixed
# twin passes, with the rules of bazel/instrument.bzl and with --config=kcsan.
# Not a test of //..., because Bazel does not run inside Bazel.
#
#   tests/install/bazel_workspace.sh [BAZEL_FLAG...]
set -eu -o pipefail

root=$(cd "$(dirname "$0")/../.." && pwd -P)
place=$(mktemp -d)
trap 'cd /; bazel_ shutdown >/dev/null 2>&1 || :; chmod -R u+w "$place"; rm -rf "$place"' EXIT
cp "$root"/tests/install/{racy.c,fixed.c,two_threads.h} "$place"
cd "$place"

cat >WORKSPACE <<EOF
workspace(name = "outside")
local_repository(name = "kcsan", path = "$root")
load("@kcsan//bazel:deps.bzl", "kcsan_dependencies")
kcsan_dependencies()
EOF

cat >BUILD <<'EOF'
load("@kcsan//bazel:instrument.bzl", "kcsan_cc_test")
[kcsan_cc_test(name = name, srcs = [name + ".c", "two_threads.h"],
               linkopts = ["-pthread"]) for name in ["racy", "fixed"]]
[cc_binary(name = name + "_plain", srcs = [name + ".c", "two_threads.h"],
           linkopts = ["-pthread"]) for name in ["racy", "fixed"]]
EOF

cat >.bazelrc <<'EOF'
build --cxxopt=-std=c++17
build --spawn_strategy=processwrapper-sandbox,local
build --dynamic_mode=off
test --test_env=KCSAN_OPTIONS=halt_on_error=1
EOF
# As .bazelrc there says: from this repository, and without the exclusion.
sed -n '/^build:kcsan/{s|=//:|=@kcsan//:|; s|,-^//kcsan@|@|; p}' \
  "$root/.bazelrc" >>.bazelrc

bazel_() { bazel --output_base="$place/.base" "$@"; }
fail() {
  printf 'bazel_workspace: %s\n' "$*" >&2
  exit 1
}

bazel_ test "$@" //:fixed || fail "the fixed program was reported"
if bazel_ test "$@" //:racy --test_output=errors >racy.log 2>&1; then
  fail "the racy program was not reported"
fi
grep -q 'BUG: KCSAN: data-race in count / count' racy.log || {
  cat racy.log
  fail "no report in the log"
}

export KCSAN_OPTIONS=halt_on_error=1
for config in kcsan kcsan-clang; do
  if [ $config = kcsan-clang ] && ! command -v clang >/dev/null; then
    echo "bazel_workspace: no clang on this machine, --config=$config not tried"
    continue
  fi
  bazel_ build "$@" --config=$config //:racy_plain //:fixed_plain
  bazel-bin/fixed_plain || fail "the fixed program was reported, --config=$config"
  status=0
  bazel-bin/racy_plain 2>racy.log || status=$?
  [ $status = 66 ] || fail "exit status $status instead of 66, --config=$config"
  grep -q 'BUG: KCSAN: data-race in count / count' racy.log
done
echo "bazel_workspace: reported and silent as they should be"
