// SPDX-License-Identifier: Apache-2.0
//
// What the real compiler is given when it compiles.

#include <doctest/doctest.h>

#include "tests/unit/compiler/sample_request.h"

namespace kcsan::compiler {
namespace {

constexpr char kGccHooks[] =
    "-fsanitize=thread --param=tsan-distinguish-volatile=1";

TEST_CASE("GCC compiles one file: this is all that is added") {
  CHECK(Gcc("-O2 -c a.c -o a.o") ==
        "CC -DKCSAN_ENABLED=1 -idirafter /k/include -DKCSAN_INSTRUMENTED=1 "
        "-fsanitize=thread --param=tsan-distinguish-volatile=1 -Wno-tsan "
        "-fno-tree-loop-im -fno-tree-partial-pre -g1 -O2 -c a.c -o a.o");
}

TEST_CASE("Clang compiles one file: this is all that is added") {
  CHECK(Clang("-O2 -c a.c -o a.o") ==
        "CC --start-no-unused-arguments -DKCSAN_ENABLED=1 -idirafter "
        "/k/include -DKCSAN_INSTRUMENTED=1 -fsanitize=thread -mllvm "
        "-tsan-distinguish-volatile=1 -mllvm "
        "-tsan-compound-read-before-write=1 -mllvm -disable-licm-promotion "
        "-gline-tables-only --end-no-unused-arguments -O2 -c a.c -o a.o");
}

TEST_CASE("every language of the family is instrumented") {
  for (const char* file :
       {"a.c", "a.cc", "a.cpp", "a.cxx", "a.C", "a.c++", "a.m", "a.mm", "a.i",
        "a.ii", "dir.s/a.c", "-x c -", "-xc++ -", "-x c a.txt",
        "-x c++-header a.inc", "a.h", "a.hpp"}) {
    CAPTURE(file);
    CHECK(Has(Gcc(std::string("-c ") + file), kGccHooks));
  }
}

TEST_CASE("preprocessed text gets the hooks, the defines have been") {
  const std::string line = Gcc("-c a.i");
  CHECK_FALSE(Has(line, "-DKCSAN"));
  CHECK(Has(line, kGccHooks));
}

TEST_CASE("assembler is not instrumented") {
  CHECK(Gcc("-c a.s -o a.o") == "CC -c a.s -o a.o");
  CHECK(Gcc("-x assembler -c a.c") == "CC -x assembler -c a.c");
  CHECK(Gcc("-c a.S") == "CC -DKCSAN_ENABLED=1 -idirafter /k/include -c a.S");
  CHECK(Clang("-x assembler-with-cpp -c a.c") ==
        "CC --start-no-unused-arguments -DKCSAN_ENABLED=1 -idirafter "
        "/k/include --end-no-unused-arguments -x assembler-with-cpp -c a.c");
}

TEST_CASE("objects and languages of others pass") {
  for (const char* line :
       {"-c a.o", "-c a.f90", "-c a.ll", "-x f95 -c a.c", "-c a"}) {
    CHECK(Gcc(line) == std::string("CC ") + line);
  }
}

TEST_CASE("what ends before the link is told from what links") {
  for (const char* option : {"-E", "-M", "-MM", "-S", "-c", "-fsyntax-only"}) {
    CAPTURE(option);
    const std::string line = Gcc(std::string("a.c ") + option);
    CHECK(Has(line, kGccHooks));
    CHECK_FALSE(Has(line, "libkcsan"));
  }
  CHECK_FALSE(Has(Gcc("a.h"), "libkcsan"));
  CHECK(Has(Gcc("-MD a.c"), "libkcsan"));
  CHECK(Has(Gcc("-MMD -MF a.d a.c"), "libkcsan"));
}

TEST_CASE("line tables are added where nothing was said about debugging") {
  CHECK(Has(Gcc("-c a.c"), " -g1 "));
  for (const char* option : {"-g", "-g0", "-g3", "-ggdb", "-gdwarf-4",
                             "-gsplit-dwarf", "-gz", "--debug"}) {
    CAPTURE(option);
    CHECK_FALSE(Has(Gcc(std::string("-c a.c ") + option), " -g1"));
  }
  CHECK(Has(Clang("-c a.c -gcc-toolchain /x"), "-gline-tables-only"));
  // It would add a line of its own to the output.
  CHECK_FALSE(Has(Gcc("-E a.c"), "-g1"));
  CHECK_FALSE(Has(Gcc("-c a.S"), "-g1"));
}

TEST_CASE("questions to the compiler pass word for word") {
  for (const char* line :
       {"", "--version", "-v", "-dumpversion", "-dumpmachine",
        "-print-search-dirs", "-print-file-name=libc.so",
        "--print-prog-name=ld", "-###", "--help", "--help=warnings",
        "-Q --help=optimizers -O2", "-c", "-cc1 -x c a.c", "--version -c a.c",
        "-o a -O2 -L /x", "-mllvm a.c", "-I a.c"}) {
    CAPTURE(line);
    const std::string same = std::string("CC") + (*line ? " " : "") + line;
    CHECK(Gcc(line) == same);
    CHECK(Clang(line) == same);
  }
}

TEST_CASE("freestanding code and other word sizes are left alone") {
  CHECK(Gcc("-ffreestanding -c a.c") == "CC -ffreestanding -c a.c");
  CHECK(Has(Gcc("-ffreestanding -fhosted -c a.c"), kGccHooks));
  CHECK(Gcc("-m32 -c a.c") == "CC -m32 -c a.c");
  CHECK(SampleRequest(CompilerKind::kGcc).Make("-m32 a.c").warnings.size() ==
        1);
  CHECK(Has(Gcc("-m32 -m64 -c a.c"), kGccHooks));
}

TEST_CASE("the user can turn the thread hooks off for a file") {
  for (const char* option :
       {"-fno-sanitize=thread", "-fno-sanitize=all",
        "-fsanitize=thread -fno-sanitize=undefined,thread"}) {
    CAPTURE(option);
    const std::string line = Gcc(std::string("-c a.c ") + option);
    CHECK_FALSE(Has(line, "INSTRUMENTED"));
    CHECK_FALSE(Has(line, "-fsanitize=thread"));
    CHECK(Has(line, "-DKCSAN_ENABLED=1"));
  }
  CHECK(Has(Gcc("-c a.c -fno-sanitize=thread -fsanitize=thread"),
            "INSTRUMENTED"));
}

TEST_CASE("sanitizers that cannot be had together are an error") {
  for (const char* name : {"address", "memory", "leak", "hwaddress",
                           "undefined,address", "kernel-address"}) {
    CAPTURE(name);
    CHECK(Has(Gcc(std::string("-c a.c -fsanitize=") + name), "error: -fsan"));
    CHECK(Has(Clang(std::string("a.o -fsanitize=") + name), "error: -fsan"));
  }
  CHECK(Gcc("-fsanitize=address a.o") ==
        "error: -fsanitize=address does not go together with KCSAN");
  CHECK_FALSE(
      Has(Gcc("-c a.c -fsanitize=address -fno-sanitize=address"), "error"));
  CHECK_FALSE(Has(Gcc("-c a.c -fsanitize=undefined"), "error"));
}

TEST_CASE("LLVM is not told twice") {
  const std::string line =
      Clang("-mllvm -tsan-distinguish-volatile=1 -fsanitize=thread -c a.c");
  CHECK(line.find("distinguish") == line.rfind("distinguish"));
}

}  // namespace
}  // namespace kcsan::compiler
