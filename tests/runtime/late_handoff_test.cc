// SPDX-License-Identifier: Apache-2.0
//
// The thread that consumed a watchpoint is held before it delivers its side:
// past the end of the stall, and past the owner's patience.

#include <cstdint>
#include <initializer_list>
#include <thread>

#include "doctest/doctest.h"
#include "kcsan/platform/platform.h"
#include "tests/support/accesses.h"
#include "tests/support/expect.h"
#include "tests/support/gate.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

// Where the consumer stands when it takes down its stack.
thread_local Gate* t_arrives_at;
thread_local Gate* t_waits_at;
int (*g_unwind)(uintptr_t, uintptr_t*, int);

int HeldUnwind(uintptr_t first, uintptr_t* frames, int max_frames) {
  if (t_arrives_at != nullptr) t_arrives_at->Arrive();
  if (t_waits_at != nullptr) t_waits_at->Wait();
  return g_unwind(first, frames, max_frames);
}

struct Meeting {
  Gate window_open;
  Gate consumed;
  Gate owner_waits;  // it asked for the hand-off, and has to wait
  Gate may_deliver;
};
Meeting* g_meeting;
void (*g_stall)(const core::StallRequest&);

// The watcher leaves its window when the watchpoint has been consumed, and not
// when the other side has been delivered.
void MeetingStall(const core::StallRequest& request) {
  if (request.is_handoff) {
    if (request.word != nullptr) g_meeting->owner_waits.Arrive();
    g_stall(request);
    return;
  }
  g_meeting->window_open.Arrive();
  g_meeting->consumed.Wait();
}

void Install(RaceHarness* harness, Meeting* meeting) {
  g_meeting = meeting;
  harness->SetHooks([](core::Hooks& hooks) {
    core::Hooks platform = {};
    platform::FillHooks(&platform);
    g_unwind = platform.unwind;
    g_stall = platform.stall;
    hooks.unwind = &HeldUnwind;
    hooks.stall = &MeetingStall;
  });
}

TEST_CASE("a write that is delivered after the stall still shows its value") {
  for (const bool value_change_only : {false, true}) {
    RaceHarness harness;
    harness.Set(
        [&](Options& o) { o.report_value_change_only = value_change_only; });
    Meeting meeting;
    Install(&harness, &meeting);
    long x = 0;
    std::thread other([&] {
      NeverWatch();
      meeting.window_open.Wait();
      t_arrives_at = &meeting.consumed;
      t_waits_at = &meeting.owner_waits;
      PlainWrite(&x, 1L);
    });
    std::thread watcher([&] { PlainRead(&x); });
    watcher.join();
    other.join();
    const auto reports = harness.TakeReports();
    REQUIRE(reports.size() == 1);
    CHECK(reports[0].origin_known);
    CHECK(reports[0].old_value == 0);
    CHECK(reports[0].new_value == 1);
  }
}

TEST_CASE("a side that never comes is counted, and its slot works again") {
  RaceHarness harness;
  long x = 0;
  {
    Meeting meeting;
    Install(&harness, &meeting);
    std::thread other([&] {
      NeverWatch();
      meeting.window_open.Wait();
      t_arrives_at = &meeting.consumed;
      t_waits_at = &meeting.may_deliver;
      PlainWrite(&x, 1L);
    });
    std::thread watcher([&] { PlainRead(&x); });
    watcher.join();
    CHECK(harness.TakeReports().empty());
    CHECK(CounterValue(Counter::lost_handoffs) == 1);
    CHECK(CounterValue(Counter::used_watchpoints) == 0);
    // The slot stays reserved, so nobody else's record is written over.
    CHECK(Leftovers() != "");
    meeting.may_deliver.Arrive();
    other.join();
    CHECK(Leftovers() == "");
  }
  // On the same slot, with the same address.
  Meeting meeting;
  Install(&harness, &meeting);
  std::thread other([&] {
    NeverWatch();
    meeting.window_open.Wait();
    t_arrives_at = &meeting.consumed;
    PlainWrite(&x, 2L);
  });
  std::thread watcher([&] { PlainRead(&x); });
  watcher.join();
  other.join();
  CHECK(harness.TakeReports().size() == 1);
  CHECK(CounterValue(Counter::lost_handoffs) == 1);
}

TEST_CASE("a thread may end right after it has consumed") {
  RaceHarness harness;
  long x = 0;
  int32_t other_thread = 0;
  // It is gone by the time that its side is read.
  const Encounter encounter = harness.Race([&] { PlainRead(&x); },
                                           [&] {
                                             std::thread([&] {
                                               NeverWatch();
                                               other_thread =
                                                   platform::ThreadId();
                                               PlainWrite(&x, 1L);
                                             }).join();
                                           });
  REQUIRE(encounter.reports.size() == 1);
  CHECK(encounter.reports[0].other.thread_id == other_thread);
  CHECK(encounter.reports[0].new_value == 1);
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
