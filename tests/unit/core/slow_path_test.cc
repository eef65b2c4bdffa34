// SPDX-License-Identifier: Apache-2.0
//
// What the slow path does with an access, on one thread: which accesses open a
// window, what the counts become, and how it gets out of being left halfway.

#include "kcsan/core/slow_path.h"

#include <setjmp.h>

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "doctest/doctest.h"
#include "kcsan/checks.h"
#include "kcsan/core/context.h"
#include "kcsan/core/counters.h"
#include "kcsan/core/handoff.h"
#include "kcsan/core/hooks.h"
#include "kcsan/core/process.h"
#include "kcsan/core/reorder.h"
#include "tests/support/accesses.h"
#include "tests/support/fake_clock.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace core {
namespace {

using namespace testing;  // NOLINT: the vocabulary of these tests

long g_x;
long g_y;
long g_z;

// Addresses of the windows that `body` opens.
std::vector<uintptr_t> Windows(RaceHarness* harness,
                               const RaceHarness::Body& body) {
  std::vector<uintptr_t> windows;
  harness->RunWithWindow(body, [&](const StallRequest& request) {
    windows.push_back(request.address);
  });
  return windows;
}

const uintptr_t kX = AddressOf(&g_x);
const uintptr_t kY = AddressOf(&g_y);
using Addresses = std::vector<uintptr_t>;

TEST_CASE("plain accesses and claims are watched, marked accesses are not") {
  RaceHarness harness;
  for (int type = 0; type < 16; ++type) {
    CAPTURE(type);
    const auto windows = Windows(&harness, [&] {
      kcsan_rt_fast_check(&g_x, sizeof(g_x), type, "text");
    });
    const bool is_marked = (type & KCSAN_ACCESS_ATOMIC) != 0;
    CHECK(windows == (is_marked ? Addresses{} : Addresses{kX}));
  }
}

TEST_CASE("while the detector is off, nothing is watched") {
  RaceHarness harness;
  SetEnabled(false);
  CHECK(Windows(&harness, [] { PlainRead(&g_x); }).empty());
  // And it is asked about seldom.
  CHECK(kcsan_rt_thread.skip[0] == 32);
  SetEnabled(true);
  CHECK(Windows(&harness, [] {
          for (int i = 0; i < 33; ++i) PlainRead(&g_x);
        }).size() == 1);
}

TEST_CASE("a zero-size access is counted, and nothing else") {
  RaceHarness harness;
  CHECK(Windows(&harness, [] { kcsan_check_write(&g_x, 0); }).empty());
  CHECK(CounterValue(Counter::zero_size_accesses) == 1);
  CHECK(CounterValue(Counter::unencodable_accesses) == 0);
}

TEST_CASE("the distance between two windows is skip_watch accesses") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.skip_watch = 9; });
  WatchAll();
  CHECK(Windows(&harness, [] {
          for (int i = 0; i < 100; ++i) PlainRead(&g_x);
        }).size() == 10);
  // Marked accesses do not count.
  WatchAll();
  CHECK(Windows(&harness, [] {
          for (int i = 0; i < 100; ++i) {
            PlainRead(&g_x);
            MarkedRead(&g_x);
          }
        }).size() == 10);
}

TEST_CASE("to find that an access cannot be watched is paid for like a stall") {
  static int questions;
  questions = 0;
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) {
    hooks.now_ns = &FakeClock::Now;
    hooks.is_readable = [](const volatile void*, size_t) {
      ++questions;
      FakeClock::Advance(1000);
      return false;
    };
  });
  harness.Set([](Options& o) {
    o.sampling = kSamplingBudget;
    o.overhead = 10;
  });
  const uint64_t begin_ns = FakeClock::Now();
  const auto windows = Windows(&harness, [] {
    for (int i = 0; i < 100000; ++i) {
      PlainRead(&g_x);
      FakeClock::Advance(10);
    }
  });
  CHECK(windows.empty());
  const auto percent = static_cast<uint64_t>(questions) * 1000 * 100 /
                       (FakeClock::Now() - begin_ns);
  CHECK(percent >= 5);
  CHECK(percent <= 12);
}

TEST_CASE("reads and writes are counted apart") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.skip_watch = 3; });
  WatchAll();
  CHECK(Windows(&harness, [] {
          for (int i = 0; i < 5; ++i) {  // the first and the last of each
            PlainRead(&g_x);
            PlainWrite(&g_y, 1L);
          }
        }) == Addresses{kX, kY, kX, kY});
}

TEST_CASE("aligned plain writes can be taken for marked ones") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.assume_plain_writes_atomic = true; });
  alignas(16) static char area[32];
  const auto is_watched = [&](size_t offset, size_t size, int type) {
    WatchAll();
    return !Windows(&harness, [&] {
              kcsan_rt_fast_check(area + offset, size, type, "text");
            }).empty();
  };
  for (const size_t size : {1, 2, 4, 8}) {
    CHECK_FALSE(is_watched(0, size, KCSAN_ACCESS_WRITE));
    CHECK(is_watched(0, size, 0));
    CHECK(is_watched(0, size, KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND));
    CHECK(is_watched(0, size, kClaimAccess));
    if (size > 1) CHECK(is_watched(1, size, KCSAN_ACCESS_WRITE));
  }
  CHECK(is_watched(0, 16, KCSAN_ACCESS_WRITE));
}

TEST_CASE("what is made from within the runtime is not looked at") {
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) {
    hooks.thread_name = [](char(&name)[kThreadNameSize]) {
      name[0] = '\0';
      PlainWrite(&g_y, 1L);  // as a sink that uses annotated code
    };
  });
  int windows = 0;
  harness.RunWithWindow([] { PlainRead(&g_x); },
                        [&](const StallRequest&) {
                          ++windows;
                          PlainRead(&g_x);
                          g_x = g_x + 1;
                        });
  CHECK(windows == 1);
  CHECK(harness.TakeReports().size() == 1);
}

__attribute__((noinline)) void ReadFromDeepBelow(int depth) {
  volatile char room[512];
  room[0] = 1;
  if (depth > 0) {
    ReadFromDeepBelow(depth - 1);
  } else {
    PlainRead(&g_y);
  }
  room[1] = room[0];
}

jmp_buf g_jump;
bool g_jumps;

TEST_CASE("left by longjmp where it holds nothing, the runtime works on") {
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) {
    hooks.now_ns = [] {
      // The first question for the time is for the sampler.
      if (g_jumps) {
        g_jumps = false;
        longjmp(g_jump, 1);
      }
      return uint64_t{1};
    };
  });
  g_jumps = true;
  if (setjmp(g_jump) == 0) {
    PlainRead(&g_x);
    FAIL("did not jump");
  }
  CHECK_FALSE(t_context.in_runtime);
  CHECK(Windows(&harness, [] { ReadFromDeepBelow(50); }) == Addresses{kY});
}

// With signal_watcher=1 a handler can leave the stall itself.
void LeaveStall(RaceHarness* harness) {
  harness->Set([](Options& o) { o.signal_watcher = true; });
  const RaceHarness::Window jump = [](const StallRequest&) {
    longjmp(g_jump, 1);
  };
  if (setjmp(g_jump) == 0) {
    harness->RunWithWindow([] { PlainRead(&g_x); }, jump);
    FAIL("did not jump");
  }
  CHECK(CounterValue(Counter::used_watchpoints) == 1);
}

TEST_CASE("left by longjmp in the stall, its watchpoint goes with it") {
  RaceHarness harness;
  LeaveStall(&harness);
  CHECK(Windows(&harness, [] { PlainRead(&g_y); }) == Addresses{kY});
  CHECK(Leftovers() == "");
  CHECK(harness.TakeReports().empty());
}

TEST_CASE("left by longjmp, and the stack grown over it: time tells") {
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) { hooks.now_ns = &FakeClock::Now; });
  LeaveStall(&harness);
  // Could be a handler on top of the stall.
  CHECK(Windows(&harness, [] { ReadFromDeepBelow(50); }).empty());
  CHECK(CounterValue(Counter::used_watchpoints) == 1);
  FakeClock::Advance(1100000000);
  CHECK(Windows(&harness, [] { ReadFromDeepBelow(50); }) == Addresses{kY});
  CHECK(Leftovers() == "");
}

TEST_CASE("a window that was opened during one's own stall is met after it") {
  RaceHarness harness;
  int slot = kNoSlot;
  harness.RunWithWindow(
      [] { PlainRead(&g_x); },
      [&](const StallRequest&) {
        // By another thread, on the same variable.
        slot = ReserveSlot(&g_table, kX);
        PublishWatchpoint(&g_table, slot, EncodeWatchpoint(kX, 8, true), 4711);
        __atomic_fetch_add(&kcsan_rt_armed, 1, __ATOMIC_RELAXED);
      });
  CHECK(g_table.words[slot] == kConsumedWatchpoint);
  AccessRecord record = {};
  CHECK(TakeHandoff(&g_table, slot, &record));
  CHECK(record.address == kX);
  __atomic_fetch_sub(&kcsan_rt_armed, 1, __ATOMIC_RELAXED);
}

TEST_CASE("of what is under way, each is picked alike") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.weak_memory = true; });
  int x = 0;
  int scope = 0;
  int reordered = 0;
  const ScopedClaim claim(&g_z, sizeof(g_z), kClaimWriter);
  harness.RunWithWindow(
      [&] {
        for (int i = 0; i < 3000; ++i) {
          RememberReordered(&t_context,
                            Access{&g_y, sizeof(g_y), 0, "text", 1});
          PlainRead(&g_x);
        }
        ForgetReordered();
      },
      [&](const StallRequest& request) {
        x += request.address == AddressOf(&g_x);
        reordered += request.address == AddressOf(&g_y);
        scope += request.address == AddressOf(&g_z);
      });
  CHECK(x + scope + reordered == 3000);
  for (const int count : {x, scope, reordered}) {
    CHECK(count > 850);
    CHECK(count < 1150);
  }
}

TEST_CASE("a marked access is an occasion to watch the open scopes") {
  RaceHarness harness;
  WatchAll();
  CHECK(Windows(&harness, [] { MarkedRead(&g_x); }).empty());
  const ScopedClaim claim(&g_z, sizeof(g_z), kClaimWriter);
  CHECK(Windows(&harness, [] { MarkedRead(&g_x); }) ==
        Addresses{AddressOf(&g_z)});
}

TEST_CASE("a disabled thread watches nothing, and asks seldom") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.skip_watch = 5; });
  WatchAll();
  const auto windows = Windows(&harness, [] {
    PlainRead(&g_x);  // one window; the next after five
    kcsan_disable_current();
    for (int i = 0; i < 100; ++i) PlainRead(&g_x);
    CHECK(kcsan_rt_thread.skip[0] >= 0);
    kcsan_enable_current();
  });
  CHECK(windows.size() == 1);
  CHECK(Windows(&harness, [] {
          for (int i = 0; i < 6; ++i) PlainRead(&g_x);
        }).size() == 1);
}

TEST_CASE("with weak_memory a watched access stays under way") {
  RaceHarness harness;
  Windows(&harness, [] { PlainWrite(&g_x, 1L); });
  CHECK_FALSE(HasReordered());
  harness.Set([](Options& o) { o.weak_memory = true; });
  Windows(&harness, [] { PlainWrite(&g_x, 1L); });
  CHECK(HasReordered());
  CHECK(AddressOf(t_context.reordered.ptr) == kX);
  CHECK(t_context.reordered.type == KCSAN_ACCESS_WRITE);
  ForgetReordered();
  // A claim is no access, so it cannot be delayed.
  Windows(&harness, [] { ClaimWriter(&g_x); });
  CHECK_FALSE(HasReordered());
}

TEST_CASE("switched off, weak_memory forgets what was under way") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.weak_memory = true; });
  Windows(&harness, [] { PlainWrite(&g_x, 1L); });
  CHECK(HasReordered());
  harness.Set([](Options& o) { o.weak_memory = false; });
  CHECK(Windows(&harness, [] { PlainRead(&g_y); }) == Addresses{kY});
  CHECK_FALSE(HasReordered());
}

}  // namespace
}  // namespace core
}  // namespace kcsan
