// SPDX-License-Identifier: Apache-2.0
//
// Names of real addresses: of this program, of the C library, of a library that
// is loaded after the first question, of nothing.

#include "kcsan/report/symbolizer.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "doctest/doctest.h"
#include "kcsan/core/race_report.h"
#include "kcsan/report/modules.h"

namespace kcsan {
namespace report {
namespace {

struct Symbolized {
  explicit Symbolized(uintptr_t pc, bool by_name = true) {
    names->Clear();
    record.frames[0] = pc;
    record.num_frames = 1;
    SymbolizeStack(record, by_name, names.get(), access.get());
  }
  const Frame& first() const { return access->frames[0]; }

  AccessRecord record = {};
  std::unique_ptr<NamePool> names = std::make_unique<NamePool>();
  std::unique_ptr<ReportAccess> access = std::make_unique<ReportAccess>();
};

__attribute__((noinline)) uintptr_t ReturnAddress() {
  return reinterpret_cast<uintptr_t>(__builtin_return_address(0));
}

// Where the call in here returns to.
__attribute__((noinline)) uintptr_t PlaceInHere(int* line) {
  *line = __LINE__ + 1;
  const uintptr_t pc = ReturnAddress();
  __asm__ __volatile__("");
  return pc;
}

__attribute__((noinline)) uintptr_t rcu_assign_here() {
  const uintptr_t pc = ReturnAddress();
  __asm__ __volatile__("");
  return pc;
}

TEST_CASE("a place in this program: name, offset, size, line, module") {
  int line = 0;
  const uintptr_t pc = PlaceInHere(&line);
  const Symbolized symbolized(pc);
  REQUIRE(symbolized.access->num_frames == 1);
  const Frame& frame = symbolized.first();
  CHECK(frame.pc == pc);
  CHECK(std::string(frame.function) ==
        "kcsan::report::(anonymous namespace)::PlaceInHere");
  CHECK(frame.offset > 0);
  CHECK(frame.offset <= frame.function_size);
  CHECK(frame.line == line);
  CHECK(std::string(frame.file) == "tests/unit/report/symbolizer_test.cc");
  CHECK(std::string(frame.module) == "symbolizer_test");
  CHECK_FALSE(frame.inlined);
}

TEST_CASE("without names: module and offset only") {
  int line = 0;
  const uintptr_t pc = PlaceInHere(&line);
  const Symbolized symbolized(pc, /*by_name=*/false);
  REQUIRE(symbolized.access->num_frames == 1);
  CHECK(symbolized.first().function == nullptr);
  CHECK(symbolized.first().file == nullptr);
  CHECK(std::string(symbolized.first().module) == "symbolizer_test");
  CHECK(symbolized.first().module_offset > 0);
}

TEST_CASE("a function of the C library, by its symbol table") {
  const Symbolized symbolized(reinterpret_cast<uintptr_t>(&getpid) + 1);
  REQUIRE(symbolized.first().function != nullptr);
  CHECK(std::string(symbolized.first().function).find("getpid") !=
        std::string::npos);
  CHECK(std::string(symbolized.first().module).find("libc") == 0);
  // Where its debug information is installed it is left alone: 20 MiB.
  CHECK(symbolized.first().file == nullptr);
}

int64_t ResidentKiB() {
  std::ifstream status("/proc/self/statm");
  int64_t total = 0, resident = 0;
  status >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE) / 1024;
}

TEST_CASE("names of this program and of the C library take a few MiB") {
  // In the first test case of a process this is all that is ever read.
  const int64_t before = ResidentKiB();
  int line = 0;
  const Symbolized here(PlaceInHere(&line));
  const Symbolized there(reinterpret_cast<uintptr_t>(&getpid) + 1);
  CHECK(here.first().line == line);
  CHECK(ResidentKiB() - before < 8 * 1024);
}

TEST_CASE("no module: nothing is known, and nothing breaks") {
  for (const uintptr_t pc :
       {uintptr_t{0}, uintptr_t{1}, uintptr_t{0x1000}, UINTPTR_MAX}) {
    CAPTURE(pc);
    const Symbolized symbolized(pc);
    REQUIRE(symbolized.access->num_frames == 1);
    CHECK(symbolized.first().function == nullptr);
    CHECK(symbolized.first().module == nullptr);
    Module module;
    CHECK_FALSE(FindModule(pc - 1, &module));
  }
}

TEST_CASE("a library loaded after the first report is named as well") {
  Symbolized before(reinterpret_cast<uintptr_t>(&getpid) + 1);
  const char* const plugin = std::getenv("KCSAN_TEST_PLUGIN");
  REQUIRE(plugin != nullptr);
  void* const library = dlopen(plugin, RTLD_NOW);
  REQUIRE_MESSAGE(library != nullptr, dlerror());
  void* const function = dlsym(library, "kcsan_test_plugin_function");
  REQUIRE(function != nullptr);
  const Symbolized symbolized(reinterpret_cast<uintptr_t>(function) + 1);
  const Frame& frame = symbolized.first();
  REQUIRE(frame.function != nullptr);
  CHECK(std::string(frame.function) == "kcsan_test_plugin_function");
  REQUIRE(frame.file != nullptr);
  CHECK(std::string(frame.file) == "tests/unit/report/plugin.cc");
  CHECK(frame.line > 0);
  CHECK(frame.function_size > 0);
  dlclose(library);
  // Gone, and asked for all the same.
  const Symbolized after(reinterpret_cast<uintptr_t>(function) + 1);
  CHECK(after.first().module == nullptr);
}

TEST_CASE("loading and unloading for ever ends in offsets, not in a leak") {
  const char* const plugin = std::getenv("KCSAN_TEST_PLUGIN");
  REQUIRE(plugin != nullptr);
  for (int i = 0; i < 100; ++i) {
    void* const library = dlopen(plugin, RTLD_NOW);
    REQUIRE(library != nullptr);
    void* const function = dlsym(library, "kcsan_test_plugin_function");
    const Symbolized symbolized(reinterpret_cast<uintptr_t>(function) + 1);
    CHECK(std::string(symbolized.first().module).find("plugin") !=
          std::string::npos);
    dlclose(library);
  }
  int line = 0;
  const Symbolized symbolized(PlaceInHere(&line));
  CHECK(symbolized.first().line == line);
}

TEST_CASE("functions that publish by RCU are known by their name") {
  int line = 0;
  CHECK(IsRcuFunction(rcu_assign_here()));
  CHECK_FALSE(IsRcuFunction(PlaceInHere(&line)));
  CHECK_FALSE(IsRcuFunction(0));
}

}  // namespace
}  // namespace report
}  // namespace kcsan
