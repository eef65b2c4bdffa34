// SPDX-License-Identifier: Apache-2.0
//
// Which files are left out.

#include "compiler/ignore.h"

#include <doctest/doctest.h>

#include "compiler/glob.h"
#include "tests/unit/compiler/sample_request.h"

namespace kcsan::compiler {
namespace {

TEST_CASE("globs") {
  CHECK(MatchesGlob("", ""));
  CHECK(MatchesGlob("*", ""));
  CHECK(MatchesGlob("a*c", "abbc"));
  CHECK(MatchesGlob("*.c", "dir/a.c"));
  CHECK(MatchesGlob("*ab*ab", "xabyabab"));
  CHECK(MatchesGlob("a?c", "abc"));
  CHECK(MatchesGlob("[a-c]x[!0-9]", "bxz"));
  CHECK(MatchesGlob("[]]", "]"));
  CHECK(MatchesGlob("a[", "a["));
  CHECK(MatchesGlob("\\*", "*"));
  CHECK_FALSE(MatchesGlob("\\*", "a"));
  CHECK_FALSE(MatchesGlob("a", "ab"));
  CHECK_FALSE(MatchesGlob("a?", "a"));
  CHECK_FALSE(MatchesGlob("[a-c]", "d"));
  CHECK_FALSE(MatchesGlob("[!a-c]", "b"));
  CHECK_FALSE(MatchesGlob("a*b", "acbd"));
}

TEST_CASE("absolute paths") {
  CHECK(AbsolutePath("a.c", "/x/y") == "/x/y/a.c");
  CHECK(AbsolutePath("../a//./b.c", "/x/y") == "/x/a/b.c");
  CHECK(AbsolutePath("/../a.c", "/x") == "/a.c");
}

bool Ignores(const char* pattern, const char* path) {
  return MatchesIgnore(pattern, path, "/src/app");
}

TEST_CASE("ignore patterns begin at any directory, and mean all below") {
  CHECK(Ignores("util.c", "util.c"));
  CHECK(Ignores("util.c", "../lib/util.c"));
  CHECK(Ignores("third_party", "third_party/zlib/inflate.c"));
  CHECK(Ignores("third_party/", "../third_party/zlib/inflate.c"));
  CHECK(Ignores("./gen", "gen/a.c"));
  CHECK(Ignores("gen*.c", "generated.c"));
  CHECK(Ignores("app/gen/*.c", "gen/x/y.c"));
  CHECK(Ignores("/src/app", "a.c"));
  CHECK(Ignores("/src/*/gen", "gen/a.c"));
  CHECK_FALSE(Ignores("util.c", "myutil.c"));
  CHECK_FALSE(Ignores("util", "util.c"));
  CHECK_FALSE(Ignores("/app", "a.c"));
  CHECK_FALSE(Ignores("", "a.c"));
}

TEST_CASE("a list in Clang's format") {
  const Ignorelist list = ParseIgnorelist(
      "# a comment\n"
      "src:all/*\r\n"
      "  src:spaced.c  \n"
      "fun:f\n"
      "[address]\nsrc:address.c\n"
      "[address|thread]\nsrc:both.c\nsrc:category.c=init\n"
      "[{cfi,thread}]\nmainfile:main.c\n"
      "[*]\nsrc:star.c\ntype:T\n"
      "[thr*]\nfun:g*\n");
  CHECK(list.error.empty());
  CHECK(list.sources ==
        Words{"all/*", "spaced.c", "both.c", "main.c", "star.c"});
  CHECK(list.functions == Words{"f", "g*"});
}

TEST_CASE("a list that makes no sense") {
  CHECK(ParseIgnorelist("\nsrc\n").error ==
        "line 2: 'src' is not of the form kind:pattern");
  CHECK(ParseIgnorelist("[thread\n").error == "line 1: no ']' after '[thread'");
}

TEST_CASE("with GCC the wrapper honours the list") {
  SampleRequest request(CompilerKind::kGcc);
  request.File("l", "src:*/gen/*\nfun:f\n");
  const std::string ignored = request.Run("-fsanitize-ignorelist=l -c gen/a.c");
  CHECK(ignored == "CC -DKCSAN_ENABLED=1 -idirafter /k/include -c gen/a.c");
  CHECK(Has(request.Run("-fsanitize-blacklist=l -c a.c"), "INSTRUMENTED"));
  const Plan plan = request.Make("-fsanitize-ignorelist=l -c a.c");
  REQUIRE(plan.warnings.size() == 1);
  CHECK(Has(plan.warnings[0], "fun:f has no effect"));
  CHECK(request.Run("-fsanitize-ignorelist=none -c a.c") ==
        "error: ignore list none: cannot be read");
}

TEST_CASE("Clang does it itself") {
  SampleRequest request(CompilerKind::kClang);
  request.Set("KCSAN_IGNORELIST", "/m");
  const std::string line = request.Run("-fsanitize-ignorelist=l -c gen/a.c");
  CHECK(Has(line, "INSTRUMENTED"));
  CHECK(Has(line, "-fsanitize-ignorelist=l -c"));
  CHECK(Has(line, "-fsanitize-ignorelist=/m "));
  CHECK(Has(request.Run("-c -fsanitize=thread a.c"), "-fsanitize-ignorelist"));
}

TEST_CASE("KCSAN_IGNORE and --kcsan-ignore, with either compiler") {
  for (const CompilerKind kind : {CompilerKind::kGcc, CompilerKind::kClang}) {
    SampleRequest request(kind);
    request.Set("KCSAN_IGNORE", "x.c:gen");
    CHECK_FALSE(Has(request.Run("-c gen/a.c"), "INSTRUMENTED"));
    CHECK_FALSE(Has(request.Run("-c x.c -fsanitize=thread"), "sanitize"));
    CHECK_FALSE(Has(request.Run("--kcsan-ignore=a.c -c a.c"), "sanitize"));
    CHECK(Has(request.Run("--kcsan-ignore=b.c -c a.c"), "INSTRUMENTED"));
    CHECK(Has(request.Run("gen/a.c"), "libkcsan.a"));
  }
}

TEST_CASE("an ignored file in company") {
  SampleRequest request(CompilerKind::kGcc);
  request.Set("KCSAN_IGNORE", "a.c");
  const Plan plan = request.Make("-c a.c b.c");
  REQUIRE(plan.warnings.size() == 1);
  CHECK(Has(plan.warnings[0], "b.c is not instrumented"));
  CHECK_FALSE(Has(request.Run("-c a.c b.c"), "INSTRUMENTED"));
}

}  // namespace
}  // namespace kcsan::compiler
