// SPDX-License-Identifier: Apache-2.0
//
// What goes with a fiber, and what stays with its thread.

#include "doctest/doctest.h"
#include "kcsan/core/context.h"
#include "tests/support/race_harness.h"

extern "C" {
void* __tsan_get_current_fiber();
void* __tsan_create_fiber(unsigned);
void __tsan_destroy_fiber(void*);
void __tsan_switch_to_fiber(void*, unsigned);
void __tsan_set_fiber_name(void*, const char*);
}

namespace kcsan {
namespace testing {
namespace {

TEST_CASE("regions and scopes go with the fiber") {
  RaceHarness harness;
  NeverWatch();
  void* const thread = __tsan_get_current_fiber();
  void* const fiber = __tsan_create_fiber(0);
  REQUIRE(fiber != nullptr);
  __tsan_set_fiber_name(fiber, "worker");
  int x = 0;

  kcsan_disable_current();
  kcsan_nestable_atomic_begin();
  __tsan_switch_to_fiber(fiber, 0);
  CHECK(__tsan_get_current_fiber() == fiber);
  CHECK(kcsan_rt_thread.disable_count == 0);
  CHECK(core::t_context.nestable_atomic == 0);
  kcsan_scoped_access scope = {};
  kcsan_rt_begin_scoped(&scope, &x, sizeof(x), KCSAN_ACCESS_ASSERT, 0, "");
  CHECK(core::t_context.scopes == &scope);

  __tsan_switch_to_fiber(thread, 0);
  CHECK(__tsan_get_current_fiber() == thread);
  CHECK(kcsan_rt_thread.disable_count == 1);
  CHECK(core::t_context.nestable_atomic == 1);
  CHECK(core::t_context.scopes == nullptr);
  CHECK(kcsan_rt_thread.attention == 0);
  kcsan_nestable_atomic_end();
  kcsan_enable_current();

  __tsan_switch_to_fiber(fiber, 0);
  CHECK(core::t_context.scopes == &scope);
  CHECK(kcsan_rt_thread.attention != 0);
  kcsan_rt_end_scoped(&scope);
  __tsan_switch_to_fiber(thread, 0);
  __tsan_destroy_fiber(fiber);
  CHECK(CounterValue(Counter::unbalanced_calls) == 0);
  WatchAll();
}

TEST_CASE("samples go on where the thread was") {
  RaceHarness harness;
  void* const thread = __tsan_get_current_fiber();
  void* const fiber = __tsan_create_fiber(0);
  kcsan_rt_thread.skip[0] = 7;
  kcsan_rt_thread.skip[1] = 8;
  __tsan_switch_to_fiber(fiber, 0);
  CHECK(kcsan_rt_thread.skip[0] == 7);
  CHECK(kcsan_rt_thread.skip[1] == 8);
  kcsan_rt_thread.skip[0] = 3;
  __tsan_switch_to_fiber(thread, 0);
  CHECK(kcsan_rt_thread.skip[0] == 3);
  __tsan_destroy_fiber(fiber);
  WatchAll();
}

TEST_CASE("a fiber that there was no memory for changes nothing") {
  void* const thread = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(nullptr, 0);
  CHECK(__tsan_get_current_fiber() == thread);
  __tsan_destroy_fiber(nullptr);
  __tsan_destroy_fiber(thread);  // not ours to free
  CHECK(__tsan_get_current_fiber() == thread);
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
