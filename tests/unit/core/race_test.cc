// SPDX-License-Identifier: Apache-2.0
//
// From a watched window to a report or to silence: every option that decides,
// on one thread. The other side of each race is delivered by hand.

#include "kcsan/core/race.h"

#include <cstdint>
#include <initializer_list>
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
using testing::RaceHarness;

constexpr int kClaim = KCSAN_ACCESS_ASSERT;
constexpr int kWrite = KCSAN_ACCESS_WRITE;

uint64_t g_value;

Check CheckOf(int type, uintptr_t pc = 0x111, uint64_t mask = 0) {
  return Check{{&g_value, sizeof(g_value), type, "text", pc},
               mask,
               Origin::kCurrent,
               pc};
}

WatchedValue Compared(uint64_t before, uint64_t after) {
  WatchedValue value = {};
  value.is_compared = true;
  value.before = before;
  value.after = after;
  return value;
}

// A slot whose watchpoint on g_value was consumed by `other`.
int Meet(const Check& other) {
  const uintptr_t address = AddressOf(&g_value);
  const int slot = ReserveSlot(&g_table, address);
  DeliverHandoff(&g_table, slot, other, false);
  return slot;
}

// Reports on a race of these two accesses under the harness's options.
std::vector<RaceReport> Seen(RaceHarness* harness, const Check& watcher,
                             const WatchedValue& value,
                             const Check& other = CheckOf(kWrite, 0x222)) {
  g_value = value.after;
  HandleSeen(watcher, value, Meet(other));
  return harness->TakeReports();
}

std::vector<RaceReport> Unseen(RaceHarness* harness, const Check& watcher,
                               const WatchedValue& value) {
  HandleUnseen(watcher, value);
  return harness->TakeReports();
}

TEST_CASE("a seen race, in full") {
  RaceHarness harness;
  const auto reports = Seen(&harness, CheckOf(0), Compared(5, 9));
  REQUIRE(reports.size() == 1);
  const RaceReport& report = reports[0];
  CHECK(report.origin_known);
  CHECK(report.watcher.type == 0);
  CHECK(report.watcher.address == AddressOf(&g_value));
  CHECK(report.watcher.frames[0] == 0x111);
  CHECK(report.other.type == kWrite);
  CHECK(report.other.frames[0] == 0x222);
  CHECK(report.value_size == 8);
  CHECK(report.old_value == 5);
  CHECK(report.new_value == 9);
  CHECK(report.mask == 0);
  CHECK(report.time_ns > 0);
  CHECK(CounterValue(Counter::data_races) == 1);
  CHECK(CounterValue(Counter::assert_failures) == 0);
}

TEST_CASE("an unseen race, in full") {
  RaceHarness harness;
  const auto reports = Unseen(&harness, CheckOf(0), Compared(5, 9));
  REQUIRE(reports.size() == 1);
  CHECK_FALSE(reports[0].origin_known);
  CHECK(reports[0].watcher.frames[0] == 0x111);
  CHECK(reports[0].other.num_frames == 0);
  CHECK(reports[0].other.thread_id == 0);
  CHECK(reports[0].old_value == 5);
  CHECK(reports[0].new_value == 9);
  CHECK(CounterValue(Counter::races_unknown_origin) == 1);
  CHECK(CounterValue(Counter::data_races) == 0);
}

TEST_CASE("nobody seen and nothing changed is nothing") {
  RaceHarness harness;
  CHECK(Unseen(&harness, CheckOf(0), Compared(5, 5)).empty());
  CHECK(Unseen(&harness, CheckOf(0), WatchedValue()).empty());
  CHECK(
      Unseen(&harness, CheckOf(kClaim, 1, 0xf0), Compared(0x1f, 0x11)).empty());
  CHECK(CounterValue(Counter::races_unknown_origin) == 0);
  CHECK(CounterValue(Counter::filtered) == 0);
}

TEST_CASE("unknown origin can be switched off, but not for claims") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.report_race_unknown_origin = false; });
  CHECK(Unseen(&harness, CheckOf(0), Compared(5, 9)).empty());
  CHECK(CounterValue(Counter::filtered) == 1);
  CHECK(CounterValue(Counter::races_unknown_origin) == 1);
  CHECK(Unseen(&harness, CheckOf(kClaim), Compared(5, 9)).size() == 1);
  CHECK(CounterValue(Counter::assert_failures) == 1);
}

TEST_CASE("without a change, report_value_change_only decides") {
  RaceHarness harness;
  CHECK(Seen(&harness, CheckOf(0), Compared(5, 5)).size() == 1);
  harness.Set([](Options& o) { o.report_value_change_only = true; });
  CHECK(Seen(&harness, CheckOf(0), Compared(5, 5)).empty());
  CHECK(CounterValue(Counter::filtered) == 1);
  CHECK(CounterValue(Counter::data_races) == 2);
  CHECK(Seen(&harness, CheckOf(0), Compared(5, 6)).size() == 1);
  // Claims are violated by the access itself; large values are not compared.
  CHECK(Seen(&harness, CheckOf(kClaim), Compared(5, 5)).size() == 1);
  CHECK(Seen(&harness, CheckOf(kWrite), Compared(5, 5), CheckOf(kClaim, 0x222))
            .size() == 1);
  CHECK(Seen(&harness, CheckOf(0), WatchedValue()).size() == 1);
}

TEST_CASE("some places are always reported, on either side") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.report_value_change_only = true; });
  harness.SetHooks([](Hooks& hooks) {
    hooks.always_report = [](uintptr_t pc) { return pc == 0x999; };
  });
  CHECK(Seen(&harness, CheckOf(0), Compared(5, 5)).empty());
  CHECK(Seen(&harness, CheckOf(0, 0x999), Compared(5, 5)).size() == 1);
  CHECK(Seen(&harness, CheckOf(0), Compared(5, 5), CheckOf(kWrite, 0x999))
            .size() == 1);
}

TEST_CASE("with a mask only its bits count") {
  RaceHarness harness;
  const Check masked = CheckOf(kClaim, 0x111, 0xf0);
  CHECK(Seen(&harness, masked, Compared(0x00, 0x0f)).empty());
  CHECK(CounterValue(Counter::assert_failures) == 0);
  const auto reports = Seen(&harness, masked, Compared(0x00, 0x1f));
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].mask == 0xf0);
  CHECK(reports[0].old_value == 0x00);
  CHECK(reports[0].new_value == 0x1f);
  CHECK(Unseen(&harness, masked, Compared(0x00, 0x1f)).size() == 1);
  CHECK(CounterValue(Counter::assert_failures) == 2);
}

TEST_CASE("permissive leaves out a flag that flips under a plain read") {
  RaceHarness harness;
  harness.Set([](Options& o) {
    o.permissive = true;
    o.report_value_change_only = true;
  });
  CHECK(Seen(&harness, CheckOf(0), Compared(4, 6)).empty());
  CHECK(Unseen(&harness, CheckOf(0), Compared(4, 6)).empty());
  CHECK(CounterValue(Counter::filtered) == 2);
  CHECK(Seen(&harness, CheckOf(0), Compared(4, 7)).size() == 1);
  CHECK(Unseen(&harness, CheckOf(0), Compared(4, 7)).size() == 1);
  CHECK(Seen(&harness, CheckOf(kWrite), Compared(4, 6)).size() == 1);
  harness.Set([](Options& o) { o.permissive = false; });
  CHECK(Seen(&harness, CheckOf(0), Compared(4, 6)).size() == 1);
}

TEST_CASE("permissive alone changes nothing: it needs value changes only") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.permissive = true; });
  CHECK(Seen(&harness, CheckOf(0), Compared(4, 6)).size() == 1);
  CHECK(Unseen(&harness, CheckOf(0), Compared(4, 6)).size() == 1);
  CHECK(CounterValue(Counter::filtered) == 0);
}

TEST_CASE("an access that only shares an encoding is no race") {
  RaceHarness harness;
  Check other = CheckOf(kWrite, 0x222);
  other.access.ptr = reinterpret_cast<const void*>(
      AddressOf(&g_value) + (uintptr_t{1} << kAddressBits));
  CHECK(Seen(&harness, CheckOf(0), Compared(5, 5), other).empty());
  CHECK(CounterValue(Counter::encoding_false_positives) == 1);
  CHECK(CounterValue(Counter::data_races) == 0);
}

TEST_CASE("a claim on either side makes it a violated claim") {
  RaceHarness harness;
  Seen(&harness, CheckOf(kWrite), Compared(5, 9), CheckOf(kClaim, 0x222));
  Seen(&harness, CheckOf(kClaim), Compared(5, 9));
  CHECK(CounterValue(Counter::assert_failures) == 2);
  CHECK(CounterValue(Counter::data_races) == 0);
}

TEST_CASE("one pair of places is reported once in the interval") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.report_once_in_ms = 3; });
  harness.SetHooks([](Hooks& hooks) { hooks.now_ns = &FakeClock::Now; });
  CHECK(Seen(&harness, CheckOf(0), Compared(5, 9)).size() == 1);
  CHECK(Seen(&harness, CheckOf(0), Compared(5, 9)).empty());
  // The same pair with the roles exchanged; another pair; nobody as the other.
  CHECK(
      Seen(&harness, CheckOf(0, 0x222), Compared(5, 9), CheckOf(kWrite, 0x111))
          .empty());
  CHECK(CounterValue(Counter::rate_limited) == 2);
  CHECK(Seen(&harness, CheckOf(0, 0x333), Compared(5, 9)).size() == 1);
  CHECK(Unseen(&harness, CheckOf(0), Compared(5, 9)).size() == 1);
  CHECK(Unseen(&harness, CheckOf(0), Compared(5, 9)).empty());
  FakeClock::Advance(3000000);
  CHECK(Seen(&harness, CheckOf(0), Compared(5, 9)).size() == 1);
}

// The other thread delivers, and then makes its access: the value is looked at
// until it has changed.
void LandWrite(const StallRequest& request) {
  CHECK(request.is_handoff);
  CHECK(request.word == nullptr);
  FakeClock::Advance(request.delay_ns);
  __atomic_fetch_add(&g_value, 1, __ATOMIC_RELAXED);
}

TEST_CASE("a caught write is given time to land") {
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) {
    hooks.now_ns = &FakeClock::Now;
    hooks.stall = &LandWrite;
  });
  auto reports = Seen(&harness, CheckOf(0), Compared(41, 41));
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].old_value == 41);
  CHECK(reports[0].new_value == 42);
  // Not waited for when it has landed, or when it is none.
  for (const int type : {0, kClaim, kClaim | kWrite}) {
    Seen(&harness, CheckOf(kWrite), Compared(41, 41), CheckOf(type, 0x222));
    CHECK(g_value == 41);
  }
  Seen(&harness, CheckOf(0), Compared(40, 41));
  CHECK(g_value == 41);
}

TEST_CASE("a caught write that never lands is waited for briefly") {
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) {
    hooks.now_ns = &FakeClock::Now;
    hooks.stall = [](const StallRequest& request) {
      FakeClock::Advance(request.delay_ns);
    };
  });
  const uint64_t begin_ns = FakeClock::Now();
  CHECK(Seen(&harness, CheckOf(0), Compared(41, 41)).size() == 1);
  CHECK(FakeClock::Now() - begin_ns >= 100000);
  CHECK(FakeClock::Now() - begin_ns < 200000);
}

TEST_CASE("memory that is gone while a write is waited for is not read") {
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) {
    hooks.now_ns = &FakeClock::Now;
    hooks.stall = &LandWrite;
    hooks.is_readable = [](const volatile void*, size_t) { return false; };
  });
  const auto reports = Seen(&harness, CheckOf(0), Compared(41, 41));
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].new_value == 41);
}

TEST_CASE("without a clock nobody is waited for") {
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) { hooks.now_ns = nullptr; });
  CHECK(Seen(&harness, CheckOf(0), Compared(41, 41)).size() == 1);
}

}  // namespace
}  // namespace core
}  // namespace kcsan
