// SPDX-License-Identifier: Apache-2.0
//
// Many threads: thousands that live for one access, and 32 at once. With the
// real stall, since what they do to each other is the subject.

#include <errno.h>

#include <cstdint>
#include <thread>
#include <vector>

#include "doctest/doctest.h"
#include "kcsan/platform/platform.h"
#include "tests/support/accesses.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

void UseRealStall(RaceHarness* harness) {
  harness->Set([](Options& o) { o.udelay = 20; });
  harness->SetHooks([](core::Hooks& hooks) {
    core::Hooks platform = {};
    platform::FillHooks(&platform);
    hooks.stall = platform.stall;
  });
}

TEST_CASE("thousands of threads that live for one access") {
  RaceHarness harness;
  UseRealStall(&harness);
  harness.Set([](Options& o) { o.report_once_in_ms = 100000; });
  constexpr uint64_t kThreads = 2000;
  long x = 0;
  uint64_t started = 0;
  while (started < kThreads) {
    std::vector<std::thread> batch;
    for (int i = 0; i < 20; ++i, ++started) {
      batch.emplace_back([&] { PlainAdd(&x, 1L); });
    }
    for (std::thread& thread : batch) thread.join();
  }
  CHECK(Leftovers() == "");
  CHECK(x == static_cast<long>(kThreads));
  CHECK(CounterValue(Counter::lost_handoffs) == 0);
  // Every access of a new thread is watched, unless others took the slots.
  CHECK(CounterValue(Counter::setup_watchpoints) +
            CounterValue(Counter::no_capacity) ==
        kThreads);
}

TEST_CASE("32 threads on few variables, each with its own lock-free rules") {
  RaceHarness harness;
  UseRealStall(&harness);
  constexpr int kThreads = 32;
  constexpr int kRounds = 40;
  // Each slot is one thread's alone; `shared` is marked everywhere.
  struct alignas(64) Slot {
    long mine;
  };
  static Slot slots[kThreads];
  static long shared;
  std::vector<std::thread> threads;
  int errnos_kept[kThreads] = {};
  for (int id = 0; id < kThreads; ++id) {
    threads.emplace_back([&, id] {
      for (int i = 0; i < kRounds; ++i) {
        errno = 1000 + i;
        PlainAdd(&slots[id].mine, 1L);
        MarkedAdd(&shared, 1L);
        ClaimAccess(&slots[id].mine);
        {
          const ScopedClaim claim(&slots[id].mine, sizeof(long), kClaimWriter);
          PlainRead(&slots[id].mine);
        }
        errnos_kept[id] += errno == 1000 + i;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(Leftovers() == "");
  CHECK(harness.TakeReports().empty());
  CHECK(CounterValue(Counter::lost_handoffs) == 0);
  for (const int kept : errnos_kept) CHECK(kept == kRounds);
}

TEST_CASE("32 threads that all race: every report is whole") {
  RaceHarness harness;
  UseRealStall(&harness);
  constexpr int kThreads = 32;
  static long x[4];
  std::vector<std::thread> threads;
  for (int id = 0; id < kThreads; ++id) {
    threads.emplace_back([id] {
      for (int i = 0; i < 30; ++i) {
        PlainAdd(&x[(id + i) % 4], 1L);
        PlainRead(&x[i % 4]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(Leftovers() == "");
  const auto reports = harness.TakeReports();
  CHECK(reports.size() > 0);
  CHECK(CounterValue(Counter::lost_handoffs) == 0);
  int wrong = 0;
  for (const RaceReport& report : reports) {
    const bool is_known = report.origin_known;
    wrong += report.watcher.thread_id == 0 || report.watcher.num_frames < 1;
    wrong += is_known && report.other.address != report.watcher.address;
    wrong += is_known && report.other.thread_id == report.watcher.thread_id;
    wrong += is_known && report.other.num_frames < 1;
    // Two reads never meet, so one of them is the read-modify-write.
    wrong += is_known && report.other.type == 0 && report.watcher.type == 0;
  }
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
