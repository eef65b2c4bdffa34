// SPDX-License-Identifier: Apache-2.0
//
// What is added to a link.

#include <doctest/doctest.h>

#include "tests/unit/compiler/sample_request.h"

namespace kcsan::compiler {
namespace {

constexpr char kRuntime[] =
    "-Wl,-u__tsan_init,/k/lib/libkcsan.a "
    "-Wl,--dynamic-list=/k/lib/kcsan.syms";

TEST_CASE("a C program") {
  CHECK(Clang("a.o -o a") == std::string("CC a.o -o a ") + kRuntime +
                                 " -Wl,@/k/lib/kcsan.wrap -lstdc++ -lm "
                                 "-lpthread -ldl");
  // GCC compiles at the link too, with -flto.
  CHECK(Gcc("a.o -o a") ==
        std::string("CC a.o -o a -specs=/k/lib/kcsan.specs ") + kRuntime +
            " -Wl,@/k/lib/kcsan.wrap -lstdc++ -lm -lpthread -ldl");
}

TEST_CASE("a C++ driver brings its own library") {
  SampleRequest cxx(CompilerKind::kClang);
  cxx.Cxx();
  CHECK_FALSE(Has(cxx.Run("a.o"), "-lstdc++"));
  CHECK(Has(cxx.Run("a.o -stdlib=libc++"), "-lstdc++"));
  CHECK(Has(cxx.Run("a.o -nostdlib++"), "-lstdc++"));
}

TEST_CASE("compiled and linked in one command, the driver knows no TSan") {
  const std::string gcc = Gcc("-fsanitize=thread a.c");
  CHECK_FALSE(Has(gcc, "-fsanitize=thread"));
  CHECK(Has(gcc, "-DKCSAN_INSTRUMENTED=1"));
  CHECK(Has(gcc, "-specs=/k/lib/kcsan.specs"));
  CHECK(Has(gcc, kRuntime));
  const std::string clang = Clang("-fsanitize=thread a.c");
  CHECK(Has(clang, "-Xclang -fsanitize=thread"));
  CHECK(clang.find("-fsanitize=thread") == clang.rfind("-fsanitize=thread"));
  CHECK(Has(clang, kRuntime));
}

TEST_CASE("a link never sees the thread sanitizer") {
  CHECK_FALSE(Has(Gcc("a.o -fsanitize=thread"), "sanitize"));
  CHECK(Has(Clang("a.o -fsanitize=thread,undefined"),
            "CC a.o -fsanitize=undefined -Wl"));
}

TEST_CASE("source that is not to be instrumented, in a link") {
  const std::string line = Gcc("-fno-sanitize=thread a.c");
  CHECK_FALSE(Has(line, "specs"));
  CHECK(Has(line, kRuntime));
}

TEST_CASE("shared objects find the hooks in the program") {
  const std::string line = Clang("-shared a.o -o a.so");
  CHECK(line == "CC -shared a.o -o a.so -Wl,@/k/lib/kcsan.wrap");
  for (const char* option :
       {"-Wl,-z,defs", "-Wl,--no-undefined", "-Wl,-zdefs", "-z defs",
        "-Xlinker --no-undefined", "-Wl,-z -Wl,defs"}) {
    CAPTURE(option);
    CHECK(Has(Gcc(std::string("-shared a.o ") + option),
              "-Wl,--unresolved-symbols=ignore-all"));
  }
  // What libtool does for C++.
  CHECK(Has(Gcc("-shared -nostdlib a.o"), "kcsan.wrap"));
}

TEST_CASE("links without the runtime") {
  for (const char* option :
       {"-nostdlib", "-nodefaultlibs", "-nostartfiles", "-nolibc",
        "-ffreestanding", "-m32", "-ffreestanding -shared"}) {
    CAPTURE(option);
    CHECK(Gcc(std::string("a.o ") + option) == std::string("CC a.o ") + option);
  }
  // Nor do sources of the same command get the hooks. A shared object does, and
  // finds them in the program.
  for (const std::string libraries : {"-nostdlib", "-nodefaultlibs"}) {
    CHECK_FALSE(Has(Clang(libraries + " a.c"), "-fsanitize=thread"));
    CHECK_FALSE(Has(Gcc(libraries + " a.c"), "kcsan.specs"));
    CHECK_FALSE(Has(Gcc(libraries + " a.c"), "INSTRUMENTED"));
    CHECK(Has(Clang(libraries + " -shared a.c"), "-fsanitize=thread"));
    CHECK(Has(Clang(libraries + " -r a.c"), "-fsanitize=thread"));
    CHECK(Has(Clang(libraries + " -c a.c"), "-fsanitize=thread"));
  }
  CHECK(Clang("-r a.o b.o -o c.o") == "CC -r a.o b.o -o c.o");
  CHECK(Clang("-Wl,-r a.o b.o -o c.o") == "CC -Wl,-r a.o b.o -o c.o");
}

TEST_CASE("options for the linker alone are a link too") {
  CHECK(Has(Gcc("-Wl,--version"), kRuntime));
  CHECK(Has(Gcc("-lfoo"), kRuntime));
  CHECK(Has(Gcc("-Xlinker --version"), kRuntime));
}

TEST_CASE("static programs: no wrapped libc, nobody to export to") {
  const char kStatic[] = "-Wl,-u__tsan_init,/k/lib/libkcsan.a -lstdc++";
  CHECK(Has(Clang("-static a.o"), kStatic));
  CHECK(Has(Gcc("-static-pie -shared-libkcsan a.o"), kStatic));
}

TEST_CASE("the C library's locks, where they are installed") {
  CHECK(Has(Gcc("--kcsan-runtime=/with a.o"),
            "/with/libkcsan.a,/with/libkcsan_interpose.a,--no-whole-archive"));
  CHECK_FALSE(Has(Gcc("--kcsan-runtime=/with -static a.o"), "interpose"));
  CHECK_FALSE(Has(Gcc("a.o"), "interpose"));
}

TEST_CASE("-x does not reach what is appended: no file stands by itself") {
  const std::string line = Gcc("-x c a.txt");
  CHECK(Has(line, kRuntime));
  CHECK_FALSE(Has(line, " /k/lib"));
}

TEST_CASE("what is appended is not taken for files after --") {
  const std::string line = Clang("-o -- c.o -- a.o -b.o");
  CHECK(line.find("CC -o -- c.o a.o ./-b.o -Wl,") == 0);
  // Where nothing is appended, nothing is changed.
  CHECK(Has(Clang("-c -- -a.c"), "-c -- -a.c"));
  CHECK(Has(Gcc("-- a.o"), "-- a.o"));  // which GCC will refuse
}

TEST_CASE("the shared runtime") {
  const std::string line = Clang("-shared-libkcsan a.o");
  CHECK(line ==
        "CC a.o -Wl,--push-state,--no-as-needed,/k/lib/libkcsan.so,"
        "--pop-state,-rpath,/k/lib -Wl,@/k/lib/kcsan.wrap -lstdc++ -lm "
        "-lpthread -ldl");
  CHECK(Has(Clang("-shared -shared-libkcsan -Wl,-z,defs a.o"), "libkcsan.so"));
  CHECK(Has(Clang("-shared-libkcsan -static-libkcsan a.o"), kRuntime));
}

TEST_CASE("another runtime in place of ours") {
  SampleRequest request(CompilerKind::kClang);
  request.Set("KCSAN_RUNTIME", "/empty").File("/empty/kcsan.wrap", "");
  CHECK(Has(request.Run("a.o"),
            "/empty/libkcsan.a,/empty/libkcsan_interpose.a,--no-whole-archive "
            "-Wl,--dynamic-list=/k/lib/kcsan.syms -Wl,@/empty/kcsan.wrap"));
  CHECK(Has(request.Run("--kcsan-runtime=/other a.o"),
            "/other/libkcsan.a,/other/libkcsan_interpose.a,--no-whole-archive "
            "-Wl,--dynamic-list=/k/lib/kcsan.syms -Wl,@/k/lib/kcsan.wrap"));
}

TEST_CASE("no runtime there") {
  CHECK(Gcc("--kcsan-runtime=/missing a.o") ==
        "error: there is no /missing/libkcsan.a (KCSAN_PREFIX says where kcsan "
        "is installed)");
  CHECK_FALSE(Has(Gcc("--kcsan-runtime=/missing -c a.c"), "error"));
  CHECK_FALSE(Has(Gcc("--kcsan-runtime=/missing -shared a.o"), "error"));
}

TEST_CASE("with GCC a file that is left out is left out of -flto too") {
  CHECK(Has(Gcc("-flto -c a.c -fno-sanitize=thread"), "thread -fno-lto"));
  CHECK_FALSE(Has(Gcc("-flto=auto -c a.c"), "-fno-lto"));
  CHECK_FALSE(Has(Clang("-flto -c a.c -fno-sanitize=thread"), "-fno-lto"));
}

TEST_CASE("functions of the user's own are not taken for libc's") {
  SampleRequest request(CompilerKind::kClang);
  request.File("/k/lib/kcsan.wrap",
               "--wrap=memcpy\n--wrap=read\n--wrap=send\n");
  CHECK(Has(request.Run("a.o"), "-Wl,@/k/lib/kcsan.wrap"));
  CHECK(Has(request.Run("a.o own_send.o"), "-Wl,--wrap=memcpy,--wrap=read "));
  CHECK(Has(request.Run("-shared -L d/own_read/ -lx a.o"),
            "-Wl,--wrap=memcpy,--wrap=send"));
  CHECK(Has(request.Run("-Ld/own_read -lx -lown_send a.o"),
            "-Wl,--wrap=memcpy "));
}

TEST_CASE("a comma in the runtime's path") {
  CHECK(Has(Clang("--kcsan-runtime=/a,b a.o"),
            "-Xlinker --whole-archive -Xlinker /a,b/libkcsan.a -Xlinker "));
}

}  // namespace
}  // namespace kcsan::compiler
