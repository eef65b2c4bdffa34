// SPDX-License-Identifier: Apache-2.0
//
// Names that say which compiler it is, and names that do not.

#include "compiler/real_compiler.h"

#include <doctest/doctest.h>

namespace kcsan::compiler {
namespace {

TEST_CASE("the kind of a compiler by its name") {
  CHECK(KindOfName("gcc") == CompilerKind::kGcc);
  CHECK(KindOfName("/usr/bin/x86_64-linux-gnu-g++-12") == CompilerKind::kGcc);
  CHECK(KindOfName("clang++-14") == CompilerKind::kClang);
  CHECK(KindOfName("/opt/gcc/bin/clang") == CompilerKind::kClang);
  CHECK_FALSE(KindOfName("cc").has_value());
  CHECK_FALSE(KindOfName("/usr/lib/gcc/c++").has_value());
}

TEST_CASE("launchers are no compilers") {
  CHECK(IsLauncher("ccache"));
  CHECK(IsLauncher("/usr/bin/distcc"));
  CHECK_FALSE(IsLauncher("gcc"));
}

TEST_CASE("a compiler that is not there") {
  std::string error;
  FindRealCompiler(true, {{"KCSAN_CXX", "no-such-g++ -m64"}}, "/nowhere", "",
                   &error);
  CHECK(error ==
        "KCSAN_CXX: cannot find 'no-such-g++' (the wrapper itself does not "
        "count)");
  FindRealCompiler(false, {}, "/nowhere", "", &error);
  CHECK(error ==
        "neither GCC nor Clang found; KCSAN_CC says where the compiler is");
}

TEST_CASE("a program that is no compiler") {
  std::string error;
  FindRealCompiler(false, {{"KCSAN_CC", "/bin/true"}}, "", "", &error);
  CHECK(error == "'/bin/true' is neither GCC nor Clang");
}

}  // namespace
}  // namespace kcsan::compiler
