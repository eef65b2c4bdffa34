// SPDX-License-Identifier: Apache-2.0
//
// The watched window on one thread: what is armed while it is open, what is not
// watched at all, and what is left when it is over.

#include "kcsan/core/watch.h"

#include <cstdint>
#include <vector>

#include "doctest/doctest.h"
#include "kcsan/core/counters.h"
#include "kcsan/core/handoff.h"
#include "kcsan/core/hooks.h"
#include "kcsan/core/process.h"
#include "tests/support/fake_clock.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace core {
namespace {

using testing::CounterValue;
using testing::FakeClock;
using testing::Leftovers;
using testing::RaceHarness;

Check CheckOf(const volatile void* ptr, size_t size, int type,
              Origin origin = Origin::kCurrent) {
  return Check{{ptr, size, type, "text", 0x111}, 0, origin, 0x111};
}

// Opens a window on the calling thread; `window` runs while it is open.
void WatchWith(RaceHarness* harness, const Check& check,
               const RaceHarness::Window& window) {
  harness->RunWithWindow(
      [&] {
        if (t_context.thread_id == 0) InitThread(&t_context);
        t_context.thread_id = 7;
        Watch(&t_context, check);
      },
      window);
}

TEST_CASE("while the window is open, the watchpoint stands") {
  RaceHarness harness;
  long x = 0;
  int windows = 0;
  WatchWith(&harness, CheckOf(&x, sizeof(x), KCSAN_ACCESS_WRITE),
            [&](const StallRequest& request) {
              ++windows;
              CHECK(__atomic_load_n(&kcsan_rt_armed, __ATOMIC_RELAXED) == 1);
              CHECK(CounterValue(Counter::used_watchpoints) == 1);
              uint64_t word = 0;
              const int slot =
                  FindWatchpoint(g_table, AddressOf(&x), 1, false, &word);
              REQUIRE(slot != kNoSlot);
              CHECK(word == EncodeWatchpoint(AddressOf(&x), 8, true));
              CHECK(OwnerOf(g_table, slot) == 7);
              CHECK(request.word == HandoffWord(slot));
              CHECK(request.idle == kHandoffIdle);
              CHECK(request.address == AddressOf(&x));
              CHECK(request.size == 8);
              CHECK(request.type == KCSAN_ACCESS_WRITE);
              CHECK_FALSE(request.spin);
              CHECK_FALSE(request.is_handoff);
              CHECK(t_context.stalling);
              CHECK(t_context.in_runtime);
            });
  CHECK(windows == 1);
  CHECK_FALSE(t_context.stalling);
  CHECK(CounterValue(Counter::setup_watchpoints) == 1);
  CHECK(Leftovers() == "");
}

TEST_CASE("the stall is as long as the options say, and spins on request") {
  RaceHarness harness;
  harness.Set([](Options& o) {
    o.udelay = 123;
    o.delay_randomize = false;
    o.stall = kStallSpin;
  });
  long x = 0;
  WatchWith(&harness, CheckOf(&x, sizeof(x), 0),
            [&](const StallRequest& request) {
              CHECK(request.delay_ns == 123000);
              CHECK(request.spin);
            });
}

TEST_CASE("signals are blocked while anything is held, the report included") {
  static int blocked;
  static int in_report;
  static int in_window;
  blocked = 0;
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) {
    hooks.block_signals = [] {
      ++blocked;
      return SignalMask{42};
    };
    hooks.restore_signals = [](SignalMask mask) {
      CHECK(mask.bits == 42);
      --blocked;
    };
    hooks.unwind = [](uintptr_t pc, uintptr_t* frames, int) {
      in_report = blocked;  // taken down on the way to the report
      frames[0] = pc;
      return 1;
    };
  });
  long x = 0;
  WatchWith(&harness, CheckOf(&x, sizeof(x), 0), [&](const StallRequest&) {
    in_window = blocked;
    x = 1;
  });
  CHECK(harness.TakeReports().size() == 1);
  CHECK(in_window == 1);
  CHECK(in_report == 1);
  CHECK(blocked == 0);
}

TEST_CASE("with signal_watcher they are let in for the stall alone") {
  static std::vector<char> calls;
  calls.clear();
  RaceHarness harness;
  harness.Set([](Options& o) { o.signal_watcher = true; });
  harness.SetHooks([](Hooks& hooks) {
    hooks.block_signals = [] {
      calls.push_back('b');
      return SignalMask{42};
    };
    hooks.admit_signals = [](SignalMask mask) {
      CHECK(mask.bits == 42);
      CHECK_FALSE(t_context.in_runtime);
      calls.push_back('a');
    };
    hooks.restore_signals = [](SignalMask) { calls.push_back('r'); };
  });
  long x = 0;
  WatchWith(&harness, CheckOf(&x, sizeof(x), 0), [&](const StallRequest&) {
    CHECK_FALSE(t_context.in_runtime);
    calls.push_back('s');
  });
  CHECK(calls == std::vector<char>{'b', 'a', 's', 'b', 'r'});
}

TEST_CASE("what cannot be encoded is counted and not watched") {
  RaceHarness harness;
  static char large[8193];
  const auto never = [](const StallRequest&) { FAIL("a window was opened"); };
  WatchWith(&harness, CheckOf(large, sizeof(large), 0), never);
  WatchWith(&harness, CheckOf(reinterpret_cast<void*>(8), 8, 0), never);
  WatchWith(&harness, CheckOf(reinterpret_cast<void*>(4095), 8192, 0), never);
  WatchWith(&harness, CheckOf(nullptr, 8, 0), never);
  WatchWith(&harness, CheckOf(large, SIZE_MAX, 0), never);
  CHECK(CounterValue(Counter::unencodable_accesses) == 5);
  CHECK(CounterValue(Counter::setup_watchpoints) == 0);
}

TEST_CASE("what cannot be read is counted and not watched") {
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) {
    hooks.is_readable = [](const volatile void*, size_t) { return false; };
  });
  long x = 0;
  WatchWith(&harness, CheckOf(&x, sizeof(x), 0),
            [](const StallRequest&) { FAIL("a window was opened"); });
  CHECK(CounterValue(Counter::unreadable_accesses) == 1);
  // Nothing is read of a large access, nor of a delayed one.
  int windows = 0;
  const auto count = [&](const StallRequest&) { ++windows; };
  static char large[16];
  WatchWith(&harness, CheckOf(large, sizeof(large), 0), count);
  WatchWith(&harness, CheckOf(&x, sizeof(x), 0, Origin::kReordered), count);
  CHECK(windows == 2);
  CHECK(CounterValue(Counter::unreadable_accesses) == 1);
}

TEST_CASE("with too little stack for a report nothing is watched") {
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) {
    hooks.has_stack = [](size_t size) { return size < 64 * 1024; };
  });
  long x = 0;
  WatchWith(&harness, CheckOf(&x, sizeof(x), 0),
            [](const StallRequest&) { FAIL("a window was opened"); });
  CHECK(CounterValue(Counter::no_stack) == 1);
}

TEST_CASE("memory that goes away meanwhile is taken for unchanged") {
  static bool is_readable;
  is_readable = true;
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) {
    hooks.is_readable = [](const volatile void*, size_t) {
      return is_readable;
    };
  });
  long x = 0;
  WatchWith(&harness, CheckOf(&x, sizeof(x), 0), [&](const StallRequest&) {
    x = 1;
    is_readable = false;
  });
  CHECK(harness.TakeReports().empty());
}

TEST_CASE("a full table is counted") {
  RaceHarness harness;
  static char area[2 * kPageSize];
  const uintptr_t page = (AddressOf(area) + kPageSize - 1) & ~(kPageSize - 1);
  void* const ptr = reinterpret_cast<void*>(page);
  const int first = ReserveSlot(&g_table, page);
  const int second = ReserveSlot(&g_table, page);
  WatchWith(&harness, CheckOf(ptr, 8, 0),
            [](const StallRequest&) { FAIL("a window was opened"); });
  CHECK(CounterValue(Counter::no_capacity) == 1);
  FreeSlot(&g_table, first);
  int windows = 0;
  WatchWith(&harness, CheckOf(ptr, 8, 0),
            [&](const StallRequest&) { ++windows; });
  CHECK(windows == 1);
  FreeSlot(&g_table, second);
}

TEST_CASE("of a large access a part is watched, and found in every part") {
  RaceHarness harness;
  static char area[4 * kPageSize];
  const uintptr_t base = AddressOf(area) + 100;
  uintptr_t least = UINTPTR_MAX;
  uintptr_t most = 0;
  for (int i = 0; i < 500; ++i) {
    WatchWith(
        &harness, CheckOf(reinterpret_cast<void*>(base), 8192, 0),
        [&](const StallRequest&) {
          // Whatever part it is, an access to its first or its last byte
          // finds it.
          DecodedWatchpoint window = {};
          for (const uint64_t word : g_table.words) {
            if (DecodeWatchpoint(word, &window)) break;
          }
          REQUIRE(window.size == kMaxWatchedSize);
          REQUIRE(window.address >= base);
          REQUIRE(window.address + window.size <= base + 8192);
          uint64_t word = 0;
          REQUIRE(FindWatchpoint(g_table, window.address, 1, true, &word) !=
                  kNoSlot);
          REQUIRE(FindWatchpoint(g_table, window.address + window.size - 1, 1,
                                 true, &word) != kNoSlot);
          if (window.address < least) least = window.address;
          if (window.address > most) most = window.address;
        });
  }
  CHECK(least < base + 200);
  CHECK(most > base + 8192 - kMaxWatchedSize - 200);
}

TEST_CASE("a window that was cleared away under its thread is left alone") {
  RaceHarness harness;
  long x = 0;
  WatchWith(&harness, CheckOf(&x, sizeof(x), 0), [&](const StallRequest&) {
    ResetAfterFork();
    x = 1;
  });
  CHECK(harness.TakeReports().empty());
  CHECK(Leftovers() == "");
}

TEST_CASE("a window that was given up under its thread is not freed twice") {
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) { hooks.now_ns = &FakeClock::Now; });
  long x = 0;
  int other_slot = kNoSlot;
  WatchWith(&harness, CheckOf(&x, sizeof(x), 0), [&](const StallRequest&) {
    // As a handler that takes very long would.
    FakeClock::Advance(2000000000);
    RecoverAbandonedStall(&t_context);
    CHECK_FALSE(t_context.stalling);
    CHECK(Leftovers() == "");
    // By now the slot is another thread's.
    other_slot = ReserveSlot(&g_table, AddressOf(&x));
    x = 1;
  });
  CHECK(harness.TakeReports().empty());
  CHECK(g_table.words[other_slot] == kConsumedWatchpoint);
  CHECK(__atomic_load_n(&kcsan_rt_armed, __ATOMIC_RELAXED) == 0);
  FreeSlot(&g_table, other_slot);
}

TEST_CASE("a handler on top of the stall does not end it") {
  RaceHarness harness;
  long x = 0;
  WatchWith(&harness, CheckOf(&x, sizeof(x), 0), [&](const StallRequest&) {
    RecoverAbandonedStall(&t_context);
    CHECK(t_context.stalling);
    CHECK(CounterValue(Counter::used_watchpoints) == 1);
  });
}

TEST_CASE("the stall is charged to the budget, with the wait for the other") {
  RaceHarness harness;
  harness.Set([](Options& o) {
    o.sampling = kSamplingBudget;
    o.overhead = 50;
  });
  harness.SetHooks([](Hooks& hooks) {
    hooks.now_ns = &FakeClock::Now;
    hooks.stall = [](const StallRequest& request) {
      FakeClock::Advance(request.is_handoff ? 50000 : 1000000);
      uint64_t word = 0;
      const int slot = FindWatchpoint(g_table, request.address, 1, true, &word);
      if (slot == kNoSlot) return;
      TryConsumeWatchpoint(&g_table, slot, word);
      DeliverHandoff(&g_table, slot,
                     Check{{reinterpret_cast<void*>(request.address), 8,
                            KCSAN_ACCESS_WRITE, "other", 0x222},
                           0,
                           Origin::kCurrent,
                           0x222},
                     false);
    };
  });
  long x = 0;
  const uint64_t begin_ns = FakeClock::Now();
  WatchWith(&harness, CheckOf(&x, sizeof(x), 0), [](const StallRequest&) {});
  CHECK(harness.TakeReports().size() == 1);
  // 1 ms in the window, 100 us until the other's write was given up on.
  const uint64_t stalled_ns = 1100000;
  CHECK(FakeClock::Now() - begin_ns == stalled_ns);
  const uint64_t quiet_ns = t_context.sampler.quiet_until_ns - FakeClock::Now();
  CHECK(quiet_ns >= stalled_ns / 2);
  CHECK(quiet_ns <= stalled_ns * 3 / 2);
}

}  // namespace
}  // namespace core
}  // namespace kcsan
