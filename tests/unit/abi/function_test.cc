// SPDX-License-Identifier: Apache-2.0
//
// Functions that begin and end, and accesses that are under way meanwhile.

#include "doctest/doctest.h"
#include "kcsan/core/reorder.h"
#include "tests/support/expect.h"
#include "tests/support/race_harness.h"

extern "C" {
void __tsan_init();
void __tsan_func_entry(void*);
void __tsan_func_exit();
void __tsan_write8(void*);
void __tsan_read8(void*);
}

namespace kcsan {
namespace testing {
namespace {

long g_x;

// As the compiler makes it.
template <typename Body>
void Instrumented(const Body& body) {
  __tsan_func_entry(__builtin_return_address(0));
  body();
  __tsan_func_exit();
}

TEST_CASE("functions are counted only while an access is under way") {
  __tsan_init();
  RaceHarness harness;
  harness.Set([](Options& o) { o.weak_memory = true; });
  const uint32_t stale = kcsan_rt_thread.depth;
  Instrumented([&] {
    CHECK(kcsan_rt_thread.depth == stale);
    __tsan_write8(&g_x);
    NeverWatch();
    Instrumented([] {
      CHECK(kcsan_rt_thread.depth == 1);
      Instrumented([] { CHECK(kcsan_rt_thread.depth == 2); });
      CHECK(kcsan_rt_thread.depth == 1);
    });
    CHECK(kcsan_rt_thread.depth == 0);
    WatchAll();
  });
}

TEST_CASE(
    "an access is under way in its own function, and in what that calls") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.weak_memory = true; });
  Instrumented([] {
    __tsan_write8(&g_x);
    NeverWatch();
    CHECK(core::HasReordered());
    Instrumented([] { CHECK(core::HasReordered()); });
    CHECK(core::HasReordered());
    WatchAll();
  });
  CHECK_FALSE(core::HasReordered());
}

TEST_CASE("when its function returns it is looked at for the last time") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.weak_memory = true; });
  const Encounter encounter = harness.Race(
      [] { __tsan_read8(&g_x); },
      [] {
        __tsan_func_entry(nullptr);
        core::RememberReordered(
            &core::t_context,
            core::Access{&g_x, sizeof(g_x), KCSAN_ACCESS_WRITE, nullptr, 1});
        __tsan_func_exit();
      });
  REQUIRE(encounter.reports.size() == 1);
  CHECK(encounter.reports[0].other.type == KCSAN_ACCESS_WRITE);
  CHECK(encounter.reports[0].other.address == core::AddressOf(&g_x));
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
