// SPDX-License-Identifier: Apache-2.0
//
// weak_memory=1: a plain access that was watched stays under way until a
// barrier, and races found at later accesses are its own. Publication without a
// barrier is found, with one it is not.

#include <cstdint>

#include "doctest/doctest.h"
#include "kcsan/core/context.h"
#include "kcsan/core/reorder.h"
#include "tests/support/accesses.h"
#include "tests/support/expect.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

void NoBarrier() {}
void Mb() { KCSAN_INTERNAL_BARRIER(mb); }
void Wmb() { KCSAN_INTERNAL_BARRIER(wmb); }
void Rmb() { KCSAN_INTERNAL_BARRIER(rmb); }
void Release() { KCSAN_INTERNAL_BARRIER(release); }

struct Message {
  long data;
  long ready;
};

// The sender's access to the data is watched, and that window closes. Then come
// the barrier and some marked accesses; Race() holds the first window on the
// data that is opened there, if any.
Encounter Publish(RaceHarness* harness, Message* message,
                  const RaceHarness::Body& access,
                  const RaceHarness::Body& barrier,
                  const RaceHarness::Body& other) {
  return harness->Race(
      [&] {
        int windows = 0;
        harness->RunWithWindow(access,
                               [&](const core::StallRequest&) { ++windows; });
        CHECK(windows == 1);
        barrier();
        for (int i = 0; i < 3; ++i) MarkedWrite(&message->ready, 1L);
      },
      other, &message->data);
}

TEST_CASE("without a barrier a write is still under way at a later access") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.weak_memory = true; });
  Message m = {};
  const auto write = [&] { PlainWrite(&m.data, 1L); };
  const Encounter encounter =
      Publish(&harness, &m, write, &NoBarrier, [&] { PlainRead(&m.data); });
  // No value is compared: the sender itself has changed it by now.
  CHECK(Mismatch(encounter,
                 ExpectRace(Reordered(Write(&m.data)), Read(&m.data))) == "");
  REQUIRE(encounter.reports.size() == 1);
  const AccessRecord& watcher = encounter.reports[0].watcher;
  CHECK(watcher.frames[0] != watcher.reordered_to);
}

TEST_CASE("with a barrier that orders it, it is not") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.weak_memory = true; });
  Message m = {};
  struct Row {
    RaceHarness::Body access;
    RaceHarness::Body barrier;
    bool is_ended;
  };
  const RaceHarness::Body read = [&] { PlainRead(&m.data); };
  const RaceHarness::Body write = [&] { PlainWrite(&m.data, 1L); };
  const RaceHarness::Body add = [&] { PlainAdd(&m.data, 1L); };
  const Row rows[] = {
      {read, &Mb, true},         {write, &Mb, true},
      {add, &Mb, true},          {read, &Release, true},
      {write, &Release, true},   {add, &Release, true},
      {read, &Wmb, false},       {write, &Wmb, true},
      {add, &Wmb, true},         {read, &Rmb, true},
      {write, &Rmb, false},      {add, &Rmb, true},
      {read, &NoBarrier, false}, {write, &NoBarrier, false},
      {add, &NoBarrier, false},
  };
  int number = 0;
  for (const Row& row : rows) {
    CAPTURE(number++);
    const Encounter encounter = Publish(&harness, &m, row.access, row.barrier,
                                        [&] { PlainWrite(&m.data, 2L); });
    CHECK(encounter.met == !row.is_ended);
    CHECK(encounter.reports.size() == (row.is_ended ? 0 : 1));
  }
}

TEST_CASE("a delayed access that comes by meets another's window") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.weak_memory = true; });
  long x = 0;
  long elsewhere = 0;
  const auto watch = [&] { PlainRead(&x); };
  // As if it had been made and watched before the other's window opened.
  const auto come_by = [&](void (*barrier)()) {
    return [&, barrier] {
      core::RememberReordered(
          &core::t_context,
          core::Access{&x, sizeof(x), KCSAN_ACCESS_WRITE, "x", 0x1234});
      barrier();
      MarkedRead(&elsewhere);
    };
  };
  const Encounter encounter = harness.Race(watch, come_by(&NoBarrier));
  CHECK(Mismatch(encounter, ExpectRace(Read(&x), Reordered(Write(&x)), 0, 0)) ==
        "");
  CHECK(encounter.reports[0].other.frames[0] == 0x1234);
  CHECK(Mismatch(harness.Race(watch, come_by(&Wmb)), ExpectSilence()) == "");
}

TEST_CASE("a claim that was watched is not delayed") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.weak_memory = true; });
  Message m = {};
  const Encounter encounter = Publish(
      &harness, &m, [&] { ClaimAccess(&m.data); }, &NoBarrier,
      [&] { PlainWrite(&m.data, 2L); });
  CHECK(Mismatch(encounter, ExpectNoWindow()) == "");
}

TEST_CASE("a marked access is not watched when a handler releases before it") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.weak_memory = true; });
  // The handler runs while the clock is read.
  harness.SetHooks([](core::Hooks& hooks) {
    hooks.now_ns = [] {
      core::ForgetReordered();
      return uint64_t{1};
    };
  });
  static long delayed;
  long x = 0;
  int windows = 0;
  harness.RunWithWindow(
      [&] {
        kcsan_rt_thread.skip[1] = 0;
        core::RememberReordered(
            &core::t_context,
            core::Access{&delayed, sizeof(delayed), 0, nullptr, 1});
        MarkedWrite(&x, 1L);
      },
      [&](const core::StallRequest&) { ++windows; });
  CHECK(windows == 0);
}

TEST_CASE("without weak_memory nothing is delayed") {
  RaceHarness harness;
  Message m = {};
  const Encounter encounter = Publish(
      &harness, &m, [&] { PlainWrite(&m.data, 1L); }, &NoBarrier,
      [&] { PlainRead(&m.data); });
  CHECK(Mismatch(encounter, ExpectNoWindow()) == "");
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
