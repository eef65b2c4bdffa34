// SPDX-License-Identifier: Apache-2.0
//
// @FILE: read as the compilers read it, and left to them where possible.

#include "compiler/response_file.h"

#include <doctest/doctest.h>

#include "tests/unit/compiler/sample_request.h"

namespace kcsan::compiler {
namespace {

TEST_CASE("words, quotes and backslashes") {
  CHECK(SplitWords(" a\tb\nc  ") == Words{"a", "b", "c"});
  CHECK(SplitWords("'a b' \"c d\"e f\\ g") == Words{"a b", "c de", "f g"});
  CHECK(SplitWords("'' -DX=\\\"y\\\"") == Words{"", "-DX=\"y\""});
  CHECK(SplitWords("'a\"b' \"c'd\"") == Words{"a\"b", "c'd"});
  CHECK(SplitWords("") == Words{});
}

TEST_CASE("the compiler gets the file as it is") {
  SampleRequest request(CompilerKind::kClang);
  request.File("a.rsp", "-c a.c");
  const std::string line = request.Run("-O2 @a.rsp");
  CHECK(Has(line, "-fsanitize=thread"));
  CHECK(Has(line, "--end-no-unused-arguments -O2 @a.rsp"));
  CHECK_FALSE(Has(line, "libkcsan"));
}

TEST_CASE("nested files") {
  SampleRequest request(CompilerKind::kGcc);
  request.File("a.rsp", "-O2 @b.rsp").File("b.rsp", "-shared 'a b.o'");
  CHECK(Has(request.Run("@a.rsp"), "CC @a.rsp -specs"));
  CHECK_FALSE(Has(request.Run("@a.rsp"), "libkcsan"));
}

TEST_CASE("what has to go is taken out of a file by expanding it") {
  SampleRequest request(CompilerKind::kClang);
  request.File("a.rsp", "a.o -fsanitize=thread 'b c.o'");
  CHECK(Has(request.Run("-O2 @a.rsp"), "CC -O2 a.o b c.o -Wl"));
  request.File("a.rsp", "--kcsan-ignore=a.c -c a.c");
  CHECK(Has(request.Run("@a.rsp"), "arguments -c a.c"));
}

TEST_CASE("a file that is not there is the compiler's to complain about") {
  CHECK(Has(Clang("@none.rsp"), "CC @none.rsp"));
}

TEST_CASE("a file that names itself ends") {
  SampleRequest request(CompilerKind::kGcc);
  request.File("a.rsp", "@a.rsp @a.rsp");
  CHECK_FALSE(request.Run("-c @a.rsp").empty());
}

}  // namespace
}  // namespace kcsan::compiler
