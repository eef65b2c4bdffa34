// SPDX-License-Identifier: Apache-2.0
//
// A program whose clock stands still: a simulator, or a test that holds time.
// The // symbol is the program's to define. The runtime does not use it, so its
// waits end, and what the program's clock does is not taken for an access of
// its own.

#include <time.h>

#include <atomic>
#include <thread>

#include "doctest/doctest.h"
#include "kcsan/kcsan.h"

static long g_readings;

extern "C" int clock_gettime(clockid_t, timespec* now) noexcept {
  // Told: it would lead back into the runtime, and again here.
  kcsan_check_read_write(&g_readings, sizeof(g_readings));
  __atomic_fetch_add(&g_readings, 1, __ATOMIC_RELAXED);
  now->tv_sec = 1000;
  now->tv_nsec = 0;
  return 0;
}

namespace kcsan {
namespace {

// Two threads that race, until it is reported.
bool IsRaceFound() {
  static long shared;
  static std::atomic<int> num_reports;
  num_reports = 0;
  const ScopedReportHandler handler(
      [](const Report&, void*) {
        ++num_reports;
        return true;
      },
      nullptr);
  const auto race = [] {
    while (num_reports == 0) {
      kcsan_check_write(&shared, sizeof(shared));
      __atomic_fetch_add(&shared, 1, __ATOMIC_RELAXED);
    }
  };
  std::thread first(race), second(race);
  first.join();
  second.join();
  return num_reports > 0;
}

TEST_CASE("a sleeping stall ends") {
  REQUIRE(SetOptions("stall=sleep:overhead=100"));
  CHECK(IsRaceFound());
}

TEST_CASE("a spinning stall ends") {
  REQUIRE(SetOptions("stall=spin:overhead=100:udelay=20:report_once_in_ms=0"));
  CHECK(IsRaceFound());
}

}  // namespace
}  // namespace kcsan
