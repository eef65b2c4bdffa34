// SPDX-License-Identifier: Apache-2.0
//
// Where the detector has to let something go: a full table, memory that cannot
// be read, addresses that share an encoding, the same race again, a switch that
// is off. Each is counted, and none lasts.

#include <sys/mman.h>

#include <cstdint>
#include <thread>
#include <vector>

#include "doctest/doctest.h"
#include "kcsan/core/encoding.h"
#include "kcsan/core/process.h"
#include "tests/support/accesses.h"
#include "tests/support/expect.h"
#include "tests/support/fake_clock.h"
#include "tests/support/gate.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

constexpr size_t kPage = 4096;

alignas(kPage) char g_pages[(kNumWatchpoints + 2) * kPage];

// Threads that stand in their windows until released.
class Crowd {
 public:
  explicit Crowd(RaceHarness* harness) : harness_(harness) {
    current_ = this;
    harness_->SetHooks([](core::Hooks& hooks) {
      hooks.stall = [](const core::StallRequest&) {
        current_->opened_.Arrive();
        current_->released_.Wait();
      };
    });
  }
  ~Crowd() { Release(); }

  // False if it did not open its window.
  bool Hold(char* ptr) {
    threads_.emplace_back([ptr] { PlainWrite(ptr, 'x'); });
    return opened_.Wait(static_cast<int>(threads_.size()));
  }
  void Release() {
    released_.Arrive();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  static inline Crowd* current_;
  RaceHarness* const harness_;
  Gate opened_;
  Gate released_;
  std::vector<std::thread> threads_;
};

TEST_CASE("a page has room for two windows") {
  RaceHarness harness;
  Crowd crowd(&harness);
  CHECK(crowd.Hold(&g_pages[0]));
  CHECK(crowd.Hold(&g_pages[100]));
  PlainWrite(&g_pages[200], 'x');
  CHECK(CounterValue(Counter::no_capacity) == 1);
  CHECK(CounterValue(Counter::used_watchpoints) == 2);
  // Two pages on there is room.
  CHECK(crowd.Hold(&g_pages[2 * kPage]));
  crowd.Release();
  CHECK(CounterValue(Counter::used_watchpoints) == 0);
  PlainWrite(&g_pages[200], 'x');
  CHECK(CounterValue(Counter::no_capacity) == 1);
}

TEST_CASE("64 threads fill the table; it empties again") {
  RaceHarness harness;
  {
    Crowd crowd(&harness);
    for (int page = 0; page < kNumWatchpoints; ++page) {
      REQUIRE(crowd.Hold(&g_pages[static_cast<size_t>(page) * kPage]));
    }
    CHECK(CounterValue(Counter::used_watchpoints) == kNumWatchpoints);
    for (int page = 0; page < kNumWatchpoints; ++page) {
      PlainWrite(&g_pages[static_cast<size_t>(page) * kPage + 8], 'x');
    }
    CHECK(CounterValue(Counter::no_capacity) == kNumWatchpoints);
  }
  CHECK(Leftovers() == "");
  CHECK(CounterValue(Counter::setup_watchpoints) == kNumWatchpoints);
}

TEST_CASE("memory that cannot be read is not watched, and not touched") {
  RaceHarness harness;
  void* const memory =
      mmap(nullptr, kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  long* const x = static_cast<long*>(memory);
  kcsan_check_read(x, sizeof(*x));
  kcsan_check_write(x, sizeof(*x));
  ClaimWriter(x);
  CHECK(CounterValue(Counter::unreadable_accesses) == 3);
  CHECK(CounterValue(Counter::setup_watchpoints) == 0);
  mprotect(memory, kPage, PROT_READ);
  kcsan_check_read(x, sizeof(*x));
  CHECK(CounterValue(Counter::setup_watchpoints) == 1);
  munmap(memory, kPage);
}

TEST_CASE("memory that is unmapped during the stall is not read after it") {
  RaceHarness harness;
  void* const memory = mmap(nullptr, kPage, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  long* const x = static_cast<long*>(memory);
  CHECK(Mismatch(harness.Race([&] { kcsan_check_read(x, sizeof(*x)); },
                              [&] { munmap(memory, kPage); }),
                 ExpectSilence()) == "");
}

TEST_CASE("unmapped by a thread that was seen: its race is reported") {
  RaceHarness harness;
  void* const memory = mmap(nullptr, kPage, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  long* const x = static_cast<long*>(memory);
  CHECK(Mismatch(harness.Race([&] { kcsan_check_read(x, sizeof(*x)); },
                              [&] {
                                PlainWrite(x, 1L);
                                munmap(memory, kPage);
                              }),
                 ExpectRace(Read(x), Write(x), 0, 0)) == "");
}

TEST_CASE("addresses that only share an encoding are no race") {
  RaceHarness harness;
  long x = 0;
  const uintptr_t far =
      reinterpret_cast<uintptr_t>(&x) + (uintptr_t{1} << core::kAddressBits);
  CHECK(Mismatch(harness.Race([&] { PlainRead(&x); },
                              [&] {
                                kcsan_check_write(reinterpret_cast<void*>(far),
                                                  sizeof(x));
                              }),
                 ExpectSilence()) == "");
  CHECK(CounterValue(Counter::encoding_false_positives) == 1);
  CHECK(CounterValue(Counter::data_races) == 0);
}

TEST_CASE("the same race is reported once in a while") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.report_once_in_ms = 1000; });
  harness.SetHooks([](core::Hooks& h) { h.now_ns = &FakeClock::Now; });
  long x = 0;
  const auto read = [&] { PlainRead(&x); };
  const auto write = [&] { PlainWrite(&x, Load(&x) + 1); };
  CHECK(harness.Race(read, write).reports.size() == 1);
  CHECK(harness.Race(read, write).reports.empty());
  CHECK(CounterValue(Counter::rate_limited) == 1);
  CHECK(CounterValue(Counter::data_races) == 2);
  // Another place is another pair.
  CHECK(harness.Race(read, [&] { MarkedWrite(&x, 5L); }).reports.size() == 1);
  FakeClock::Advance(uint64_t{1000} * 1000000);
  CHECK(harness.Race(read, write).reports.size() == 1);
}

TEST_CASE("switched off and on again while the program runs") {
  RaceHarness harness;
  long x = 0;
  const auto read = [&] {
    for (int i = 0; i < 40; ++i) PlainRead(&x);
  };
  const auto write = [&] { PlainWrite(&x, Load(&x) + 1); };
  core::SetEnabled(false);
  CHECK(Mismatch(harness.Race(read, write), ExpectNoWindow()) == "");
  core::SetEnabled(true);
  CHECK(harness.Race(read, write).reports.size() == 1);
  // Off for the one who comes by, too.
  CHECK(Mismatch(harness.Race([&] { PlainWrite(&x, 0L); },
                              [&] {
                                core::SetEnabled(false);
                                PlainRead(&x);
                                core::SetEnabled(true);
                              }),
                 ExpectSilence()) == "");
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
