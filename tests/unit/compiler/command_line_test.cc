// SPDX-License-Identifier: Apache-2.0
//
// How a command line is read, where the plans of the other tests do not show
// it.

#include "compiler/command_line.h"

#include <doctest/doctest.h>

namespace kcsan::compiler {
namespace {

TEST_CASE("-x counts for the inputs after it") {
  const CommandLine line = ReadCommandLine(
      {"a.c", "-x", "assembler", "b.c", "-xc++", "c.s", "-x", "none", "d.S"});
  REQUIRE(line.inputs.size() == 4);
  CHECK(line.inputs[0].language == Language::kSource);
  CHECK(line.inputs[1].language == Language::kAssembler);
  CHECK(line.inputs[2].language == Language::kSource);
  CHECK(line.inputs[3].language == Language::kAssemblerSource);
}

TEST_CASE("languages by name") {
  const auto language = [](const char* name) {
    return ReadCommandLine({"-x", name, "a"}).inputs[0].language;
  };
  CHECK(language("c") == Language::kSource);
  CHECK(language("objective-c++") == Language::kSource);
  CHECK(language("c-header") == Language::kHeader);
  CHECK(language("c++-system-header") == Language::kHeader);
  CHECK(language("c++-cpp-output") == Language::kPreprocessed);
  CHECK(language("cpp-output") == Language::kPreprocessed);
  CHECK(language("fortran") == Language::kOther);
  CHECK(language("cuda") == Language::kOther);
}

TEST_CASE("the value of an option is no input") {
  for (const char* option : {"-o", "-I", "-D", "-MF", "-include", "-Xclang",
                             "--param", "-isystem", "-T", "-Xarch_host"}) {
    CAPTURE(option);
    CHECK(ReadCommandLine({option, "a.c"}).inputs.empty());
  }
  CHECK(ReadCommandLine({"-o"}).inputs.empty());
}

TEST_CASE("the first phase asked for wins") {
  CHECK(ReadCommandLine({"-c", "-E", "a.c"}).phase == Phase::kPreprocess);
  CHECK(ReadCommandLine({"-E", "-c", "a.c"}).phase == Phase::kPreprocess);
  CHECK(ReadCommandLine({"-MD", "a.c"}).phase == Phase::kLink);
}

TEST_CASE("all behind -- is input") {
  const CommandLine line = ReadCommandLine({"-c", "--", "-a.c"});
  REQUIRE(line.inputs.size() == 1);
  CHECK(line.inputs[0].path == "-a.c");
}

TEST_CASE("a header alone is not linked") {
  CHECK_FALSE(ReadCommandLine({"a.h"}).Links());
  CHECK(ReadCommandLine({"a.h", "b.o"}).Links());
  CHECK_FALSE(ReadCommandLine({"-v"}).Links());
}

}  // namespace
}  // namespace kcsan::compiler
