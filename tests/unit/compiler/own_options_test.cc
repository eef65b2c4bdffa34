// SPDX-License-Identifier: Apache-2.0
//
// The wrapper's own switches.

#include "compiler/own_options.h"

#include <doctest/doctest.h>

#include "tests/unit/compiler/sample_request.h"

namespace kcsan::compiler {
namespace {

TEST_CASE("they never reach the real compiler") {
  CHECK(Gcc("--kcsan-show --kcsan-debug-info=0 -c a.s") == "CC -c a.s");
  CHECK(Gcc("-o --kcsan-show -c a.s") == "CC -o --kcsan-show -c a.s");
  CHECK(Gcc("--kcsan-help") == "CC");
}

TEST_CASE("a mistake is one line that names it") {
  CHECK(Gcc("--kcsan-shwo -c a.c") ==
        "error: unknown option '--kcsan-shwo' (--kcsan-help prints the "
        "manual)");
  CHECK(Gcc("--kcsan-debug-info=yes -c a.c") ==
        "error: --kcsan-debug-info: 'yes' is neither 0 nor 1");
  SampleRequest request(CompilerKind::kGcc);
  request.Set("KCSAN_WRAPPER", "off");
  CHECK(request.Run("-c a.c") ==
        "error: KCSAN_WRAPPER: 'off' is neither 0 nor 1");
}

TEST_CASE("debug information") {
  SampleRequest request(CompilerKind::kGcc);
  request.Set("KCSAN_DEBUG_INFO", "0");
  CHECK_FALSE(Has(request.Run("-c a.c"), "-g1"));
  CHECK(Has(request.Run("--kcsan-debug-info=1 -c a.c"), "-g1"));
}

TEST_CASE("KCSAN_WRAPPER=0 is the plain compiler") {
  SampleRequest request(CompilerKind::kGcc);
  request.Set("KCSAN_WRAPPER", "0");
  CHECK(request.Run("a.c -fsanitize=address --kcsan-ignore=x") ==
        "CC a.c -fsanitize=address");
}

TEST_CASE("variables: set to nothing is not set, others are not ours") {
  const OwnOptions options = ReadOwnOptions({}, {{"KCSAN_WRAPPER", ""},
                                                 {"KCSAN_OPTIONS", "x"},
                                                 {"KCSAN_SHARED_RUNTIME", "1"},
                                                 {"KCSAN_IGNORE", "a::b"}});
  CHECK(options.enabled);
  CHECK(options.shared_runtime);
  CHECK(options.ignore == Words{"a", "b"});
  CHECK(options.error.empty());
}

}  // namespace
}  // namespace kcsan::compiler
