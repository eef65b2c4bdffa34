// SPDX-License-Identifier: Apache-2.0
//
// Stretches of a thread's execution in which plain accesses count as marked, or
// nothing counts at all: how they nest, where they end, and what happens when
// they do not balance.

#include <vector>

#include "doctest/doctest.h"
#include "tests/support/accesses.h"
#include "tests/support/expect.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

long g_x;

// Is a plain access of the calling thread watched just now?
bool IsWatched(RaceHarness* harness) {
  WatchAll();
  bool is_watched = false;
  harness->RunWithWindow([] { PlainRead(&g_x); },
                         [&](const core::StallRequest&) { is_watched = true; });
  return is_watched;
}

TEST_CASE("a plain access in an atomic region counts as marked") {
  RaceHarness harness;
  long x = 0;
  const auto in_region = [&](auto begin, auto end) {
    return [&x, begin, end] {
      begin();
      PlainWrite(&x, 0L);
      end();
    };
  };
  const auto nested = in_region([] { kcsan_nestable_atomic_begin(); },
                                [] { kcsan_nestable_atomic_end(); });
  const auto flat = in_region([] { kcsan_flat_atomic_begin(); },
                              [] { kcsan_flat_atomic_end(); });
  const auto next = in_region([] { kcsan_atomic_next(1); }, [] {});
  for (const RaceHarness::Body& body :
       std::vector<RaceHarness::Body>{nested, flat, next}) {
    CHECK(Mismatch(harness.Race(body, [&] { MarkedWrite(&x, 1L); }),
                   ExpectNoWindow()) == "");
    CHECK(Mismatch(harness.Race(body, body), ExpectNoWindow()) == "");
    // It still meets the window of a plain access outside, as what it is.
    CHECK(Mismatch(harness.Race([&] { PlainRead(&x); }, body),
                   ExpectRace(Read(&x), Write(&x), static_cast<uint64_t>(x),
                              0)) == "");
    x = 1;
  }
}

TEST_CASE("nestable regions nest") {
  RaceHarness harness;
  CHECK(IsWatched(&harness));
  kcsan_nestable_atomic_begin();
  CHECK_FALSE(IsWatched(&harness));
  kcsan_nestable_atomic_begin();
  CHECK_FALSE(IsWatched(&harness));
  kcsan_nestable_atomic_end();
  CHECK_FALSE(IsWatched(&harness));
  kcsan_nestable_atomic_end();
  CHECK(IsWatched(&harness));
  CHECK(CounterValue(Counter::unbalanced_calls) == 0);
}

TEST_CASE("flat regions do not: the first end ends") {
  RaceHarness harness;
  kcsan_flat_atomic_begin();
  kcsan_flat_atomic_begin();
  CHECK_FALSE(IsWatched(&harness));
  kcsan_flat_atomic_end();
  CHECK(IsWatched(&harness));
  CHECK(CounterValue(Counter::unbalanced_calls) == 0);
}

TEST_CASE("the two kinds are independent") {
  RaceHarness harness;
  kcsan_nestable_atomic_begin();
  kcsan_flat_atomic_begin();
  kcsan_nestable_atomic_end();
  CHECK_FALSE(IsWatched(&harness));
  kcsan_flat_atomic_end();
  CHECK(IsWatched(&harness));
}

TEST_CASE("ends without a begin are counted and change nothing") {
  RaceHarness harness;
  kcsan_nestable_atomic_end();
  CHECK(CounterValue(Counter::unbalanced_calls) == 1);
  kcsan_flat_atomic_end();
  CHECK(CounterValue(Counter::unbalanced_calls) == 2);
  kcsan_enable_current();
  CHECK(CounterValue(Counter::unbalanced_calls) == 3);
  CHECK(IsWatched(&harness));
  kcsan_nestable_atomic_begin();
  CHECK_FALSE(IsWatched(&harness));
  kcsan_nestable_atomic_end();
  kcsan_disable_current();
  CHECK_FALSE(IsWatched(&harness));
  kcsan_enable_current();
  CHECK(IsWatched(&harness));
  CHECK(CounterValue(Counter::unbalanced_calls) == 3);
}

TEST_CASE("atomic_next counts exactly n plain accesses") {
  RaceHarness harness;
  for (int n = 0; n <= 5; ++n) {
    CAPTURE(n);
    kcsan_atomic_next(n);
    for (int i = 0; i < n; ++i) CHECK_FALSE(IsWatched(&harness));
    CHECK(IsWatched(&harness));
    CHECK(kcsan_rt_thread.attention == 0);
  }
}

TEST_CASE("atomic_next counts also where nothing would have been sampled") {
  RaceHarness harness;
  kcsan_atomic_next(3);
  NeverWatch();
  PlainRead(&g_x);
  PlainWrite(&g_x, 1L);
  CHECK_FALSE(IsWatched(&harness));
  CHECK(IsWatched(&harness));
}

TEST_CASE("atomic_next does not count marked accesses and claims") {
  RaceHarness harness;
  kcsan_atomic_next(2);
  MarkedRead(&g_x);
  MarkedWrite(&g_x, 1L);
  ClaimWriter(&g_x);
  kcsan_check_read(&g_x, 0);
  CHECK_FALSE(IsWatched(&harness));
  CHECK_FALSE(IsWatched(&harness));
  CHECK(IsWatched(&harness));
}

TEST_CASE("a running atomic_next is replaced, and ended by 0 or less") {
  RaceHarness harness;
  kcsan_atomic_next(100);
  kcsan_atomic_next(1);
  CHECK_FALSE(IsWatched(&harness));
  CHECK(IsWatched(&harness));
  for (const int end : {0, -1, -1000000}) {
    kcsan_atomic_next(100);
    kcsan_atomic_next(end);
    CHECK(IsWatched(&harness));
    CHECK(kcsan_rt_thread.attention == 0);
  }
}

TEST_CASE("bounded regions end by themselves, or by their end") {
  RaceHarness harness;
  kcsan_bounded_atomic_begin(2);
  CHECK_FALSE(IsWatched(&harness));
  CHECK_FALSE(IsWatched(&harness));
  CHECK(IsWatched(&harness));
  kcsan_bounded_atomic_end(2);
  CHECK(IsWatched(&harness));
  kcsan_bounded_atomic_begin(2);
  kcsan_bounded_atomic_end(2);
  CHECK(IsWatched(&harness));
  kcsan_bounded_atomic_begin(-1);
  CHECK(IsWatched(&harness));
  kcsan_bounded_atomic_end(-1);
  CHECK(CounterValue(Counter::unbalanced_calls) == 0);
  CHECK(kcsan_rt_thread.attention == 0);
}

TEST_CASE("bounded regions nest") {
  RaceHarness harness;
  kcsan_bounded_atomic_begin(10);
  CHECK_FALSE(IsWatched(&harness));
  kcsan_bounded_atomic_begin(10);
  CHECK_FALSE(IsWatched(&harness));
  kcsan_bounded_atomic_end(10);
  // The outer one had ten, of which two are gone.
  for (int i = 0; i < 8; ++i) CHECK_FALSE(IsWatched(&harness));
  CHECK(IsWatched(&harness));
  kcsan_bounded_atomic_end(10);
  CHECK(IsWatched(&harness));
}

TEST_CASE("a bounded region that is left is over by itself") {
  RaceHarness harness;
  kcsan_bounded_atomic_begin(10);
  // Those that come after it do not make it longer, and are whole.
  for (int i = 0; i < 5; ++i) {
    kcsan_bounded_atomic_begin(10);
    CHECK_FALSE(IsWatched(&harness));
    CHECK_FALSE(IsWatched(&harness));
    kcsan_bounded_atomic_end(10);
  }
  CHECK(IsWatched(&harness));
  // However many are left.
  for (int i = 0; i < 1000000; ++i) kcsan_bounded_atomic_begin(1000);
  NeverWatch();
  for (int i = 0; i < 4000; ++i) PlainRead(&g_x);
  CHECK(IsWatched(&harness));
  // One that is longer than that.
  kcsan_bounded_atomic_begin(5000);
  NeverWatch();
  for (int i = 0; i < 4999; ++i) PlainRead(&g_x);
  CHECK_FALSE(IsWatched(&harness));
  CHECK(IsWatched(&harness));
}

TEST_CASE("in a disabled region nothing is watched, and nothing is met") {
  RaceHarness harness;
  long x = 0;
  const auto disabled = [&] {
    kcsan_disable_current();
    PlainWrite(&x, 0L);
    ClaimAccess(&x);
    MarkedWrite(&x, 0L);
    kcsan_enable_current();
  };
  CHECK(Mismatch(harness.Race(disabled, [&] { PlainWrite(&x, 0L); }),
                 ExpectNoWindow()) == "");
  CHECK(Mismatch(harness.Race([&] { PlainWrite(&x, 0L); }, disabled),
                 ExpectSilence()) == "");
  // Other threads are as they were.
  CHECK(Mismatch(harness.Race([&] { PlainRead(&x); },
                              [&] {
                                disabled();
                                PlainWrite(&x, 1L);
                              }),
                 ExpectRace(Read(&x), Write(&x), 0, 1)) == "");
}

TEST_CASE("disabled regions nest") {
  RaceHarness harness;
  kcsan_disable_current();
  kcsan_disable_current();
  kcsan_enable_current();
  CHECK_FALSE(IsWatched(&harness));
  kcsan_enable_current();
  CHECK(IsWatched(&harness));
  CHECK(CounterValue(Counter::unbalanced_calls) == 0);
}

TEST_CASE("regions are their thread's own") {
  RaceHarness harness;
  long x = 0;
  kcsan_disable_current();
  kcsan_nestable_atomic_begin();
  kcsan_flat_atomic_begin();
  CHECK(Mismatch(
            harness.Race([&] { PlainRead(&x); }, [&] { PlainWrite(&x, 1L); }),
            ExpectRace(Read(&x), Write(&x), 0, 1)) == "");
  kcsan_flat_atomic_end();
  kcsan_nestable_atomic_end();
  kcsan_enable_current();
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
