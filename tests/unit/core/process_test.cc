// SPDX-License-Identifier: Apache-2.0
//
// What the core keeps for the process: the switch, and the fresh start of a
// forked child.

#include "kcsan/core/process.h"

#include <cstdint>

#include "doctest/doctest.h"
#include "kcsan/checks.h"
#include "kcsan/core/context.h"
#include "kcsan/core/counters.h"
#include "kcsan/core/handoff.h"

namespace kcsan {
namespace core {
namespace {

TEST_CASE("the switch is off until somebody turns it on") {
  CHECK_FALSE(IsEnabled());
  SetEnabled(true);
  CHECK(IsEnabled());
  SetEnabled(false);
  CHECK_FALSE(IsEnabled());
}

TEST_CASE("the armed word has a cache line to itself") {
  CHECK(reinterpret_cast<uintptr_t>(&kcsan_rt_armed) % 64 == 0);
  const auto distance = [](const void* other) {
    const uintptr_t a = reinterpret_cast<uintptr_t>(&kcsan_rt_armed);
    const uintptr_t b = reinterpret_cast<uintptr_t>(other);
    return a < b ? b - a : a - b;
  };
  CHECK(distance(&g_table) >= 64);
  CHECK(distance(&g_counters) >= 64);
  CHECK(distance(&g_rate_limiter) >= 64);
}

TEST_CASE("the runtime's own data stays small") {
  CHECK(sizeof(WatchpointTable) + sizeof(RateLimiter) +
            kNumWatchpoints * sizeof(Handoff) <
        64 * 1024);
}

TEST_CASE("a forked child forgets what the other threads had under way") {
  // As the parent's threads may have left it at the moment of the fork.
  const uintptr_t address = 0x5000;
  const int armed = ReserveSlot(&g_table, address);
  PublishWatchpoint(&g_table, armed, EncodeWatchpoint(address, 8, true), 7);
  const int consumed = ReserveSlot(&g_table, address);
  DeliverHandoff(&g_table, consumed, Check(), false);
  __atomic_store_n(&kcsan_rt_armed, 2, __ATOMIC_RELAXED);
  Count(Counter::used_watchpoints);
  Count(Counter::data_races);
  g_rate_limiter.lock = 1;
  t_context.thread_id = 4;
  t_context.stalling = true;
  t_context.nestable_atomic = 3;

  ResetAfterFork();

  CHECK(__atomic_load_n(&kcsan_rt_armed, __ATOMIC_RELAXED) == 0);
  for (int slot = 0; slot < kNumWatchpoints; ++slot) {
    CHECK(g_table.words[slot] == kInvalidWatchpoint);
    CHECK_FALSE(IsDelivered(slot));
  }
  CHECK(ReadCounter(Counter::used_watchpoints) == 0);
  CHECK(g_rate_limiter.lock == 0);
  CHECK(t_context.thread_id == 0);
  CHECK_FALSE(t_context.stalling);
  // What belongs to the program's own state, it keeps.
  CHECK(t_context.nestable_atomic == 3);
  CHECK(ReadCounter(Counter::data_races) == 1);
  t_context.nestable_atomic = 0;
}

TEST_CASE("a process that nobody settled is found out once") {
  uint32_t mark = 1;
  SetProcessMark(&mark);
  CHECK_FALSE(EnterNewProcess());
  mark = 0;  // as the child of a _Fork() finds it
  CHECK(EnterNewProcess());
  CHECK_FALSE(EnterNewProcess());
  mark = 0;  // as the child of a fork() does, whose handler settles it
  SettleProcess();
  CHECK_FALSE(EnterNewProcess());
  SetProcessMark(nullptr);
  SettleProcess();
  CHECK_FALSE(EnterNewProcess());
}

TEST_CASE("a forked child may report what its parent has reported") {
  CHECK(AllowReport(&g_rate_limiter, 1, 2, 100, 1000));
  CHECK_FALSE(AllowReport(&g_rate_limiter, 1, 2, 101, 1000));
  ResetAfterFork();
  CHECK(AllowReport(&g_rate_limiter, 1, 2, 102, 1000));
}

}  // namespace
}  // namespace core
}  // namespace kcsan
