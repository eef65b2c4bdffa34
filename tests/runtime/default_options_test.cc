// SPDX-License-Identifier: Apache-2.0
//
// The one test that leaves the meeting to chance: the real stall, the default
// options, two threads that know nothing of each other.
//
// The bound: each thread makes one access about every 20 microseconds, and a
// window is open for 40 on average, so a window is met more often than not
// where both threads have a CPU. Taken is a chance of 1 in 100 for each window,
// for machines that are busy with other things. Then of 2,000 windows none is
// met with a chance of 0.99^2000 < 2 * 10^-9.

#include <chrono>
#include <cstdint>
#include <thread>

#include "doctest/doctest.h"
#include "kcsan/core/process.h"
#include "kcsan/platform/platform.h"
#include "tests/support/accesses.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

constexpr uint64_t kMaxWindows = 2000;
constexpr uint64_t kMaxNs = uint64_t{20} * 1000000000;

void WorkFor(uint64_t ns) {
  const uint64_t end_ns = platform::NowNs() + ns;
  while (platform::NowNs() < end_ns) {
  }
}

// All as in a program that links the runtime, but for the sink.
void UseDefaults(RaceHarness* harness) {
  harness->Set([](Options& o) { o = Options(); });
  harness->SetHooks([](core::Hooks& hooks) {
    core::Hooks platform = {};
    platform::FillHooks(&platform);
    hooks.stall = platform.stall;
  });
}

// Lets both run until the first report, or the bound is reached.
template <typename Function>
uint64_t WindowsUntilReport(Function a, Function b) {
  bool stop = false;
  const auto loop = [&stop](const Function& access) {
    while (!Load(&stop)) {
      access();
      WorkFor(20000);
    }
  };
  std::thread thread_a([&] { loop(a); });
  std::thread thread_b([&] { loop(b); });
  const uint64_t end_ns = platform::NowNs() + kMaxNs;
  uint64_t windows = 0;
  while (CounterValue(Counter::data_races) == 0 && windows < kMaxWindows &&
         platform::NowNs() < end_ns) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    windows = CounterValue(Counter::setup_watchpoints);
  }
  Store(&stop, true);
  thread_a.join();
  thread_b.join();
  return windows;
}

TEST_CASE("a race in two threads is found within 2000 windows") {
  RaceHarness harness;
  UseDefaults(&harness);
  long x = 0;
  const auto add = [&x] { PlainAdd(&x, 1L); };
  const uint64_t windows = WindowsUntilReport(add, add);
  MESSAGE("windows until the first report: ", windows);
  const auto reports = harness.TakeReports();
  REQUIRE(reports.size() > 0);
  CHECK(reports[0].watcher.address == reinterpret_cast<uintptr_t>(&x));
}

TEST_CASE("marked, the same code is silent") {
  RaceHarness harness;
  UseDefaults(&harness);
  harness.Set([](Options& o) { o.overhead = 50; });
  long x = 0;
  long y[2] = {};
  // Each thread has a variable of its own that is watched.
  bool stop = false;
  const auto loop = [&](int id) {
    while (!Load(&stop)) {
      MarkedAdd(&x, 1L);
      PlainAdd(&y[id], 1L);
    }
  };
  std::thread a([&] { loop(0); });
  std::thread b([&] { loop(1); });
  const uint64_t end_ns = platform::NowNs() + kMaxNs;
  constexpr uint64_t kWindows = 200;
  while (CounterValue(Counter::setup_watchpoints) < kWindows &&
         platform::NowNs() < end_ns) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  Store(&stop, true);
  a.join();
  b.join();
  CHECK(harness.TakeReports().empty());
  CHECK(CounterValue(Counter::setup_watchpoints) >= kWindows);
}

TEST_CASE("no thread is stalled for more than its budget") {
  RaceHarness harness;
  UseDefaults(&harness);
  // Measured from outside: how much longer the same work takes. Windows of the
  // greatest length, so that what else a window costs does not count.
  harness.Set([](Options& o) {
    o.udelay = 2000;
    o.overhead = 20;
  });
  static uint64_t stalled_ns;
  static void (*platform_stall)(const core::StallRequest&);
  stalled_ns = 0;
  harness.SetHooks([](core::Hooks& hooks) {
    platform_stall = hooks.stall;
    hooks.stall = [](const core::StallRequest& request) {
      const uint64_t begin_ns = platform::NowNs();
      platform_stall(request);
      stalled_ns += platform::NowNs() - begin_ns;
    };
  });
  long x = 0;
  const uint64_t begin_ns = platform::NowNs();
  while (platform::NowNs() - begin_ns < 500000000) PlainAdd(&x, 1L);
  const uint64_t percent = 100 * stalled_ns / (platform::NowNs() - begin_ns);
  MESSAGE("stalled for ", percent, " percent");
  CHECK(percent <= 25);
  CHECK(percent >= 8);
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
