// SPDX-License-Identifier: Apache-2.0
//
// Two plain accesses that overlap in time: which pairs are races, and what the
// report says of each.

#include <cstdint>

#include "doctest/doctest.h"
#include "tests/support/accesses.h"
#include "tests/support/expect.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

TEST_CASE("a plain read meets a plain write") {
  RaceHarness harness;
  long x = 0;
  const Encounter encounter =
      harness.Race([&] { PlainRead(&x); }, [&] { PlainWrite(&x, 1L); });
  CHECK(Mismatch(encounter, ExpectRace(Read(&x), Write(&x), 0, 1)) == "");
  CHECK(CounterValue(Counter::data_races) == 1);
  CHECK(CounterValue(Counter::assert_failures) == 0);
  CHECK(CounterValue(Counter::setup_watchpoints) == 1);
}

TEST_CASE("a plain write meets a plain read") {
  RaceHarness harness;
  long x = 7;
  const Encounter encounter =
      harness.Race([&] { PlainWrite(&x, 1L); }, [&] { PlainRead(&x); });
  CHECK(Mismatch(encounter, ExpectRace(Write(&x), Read(&x), 7, 7)) == "");
}

TEST_CASE("two plain writes") {
  RaceHarness harness;
  int x = 0;
  const Encounter encounter =
      harness.Race([&] { PlainWrite(&x, 1); }, [&] { PlainWrite(&x, 2); });
  CHECK(Mismatch(encounter, ExpectRace(Write(&x), Write(&x), 0, 2)) == "");
}

TEST_CASE("two plain writes of the value that is there") {
  RaceHarness harness;
  int x = 3;
  const Encounter encounter =
      harness.Race([&] { PlainWrite(&x, 3); }, [&] { PlainWrite(&x, 3); });
  CHECK(Mismatch(encounter, ExpectRace(Write(&x), Write(&x), 3, 3)) == "");
}

TEST_CASE("two plain reads are no race") {
  RaceHarness harness;
  long x = 0;
  const Encounter encounter =
      harness.Race([&] { PlainRead(&x); }, [&] { PlainRead(&x); });
  CHECK(Mismatch(encounter, ExpectSilence()) == "");
  CHECK(CounterValue(Counter::data_races) == 0);
}

TEST_CASE("read-modify-writes meet each other, reads and writes") {
  RaceHarness harness;
  uint16_t x = 0;
  const auto add = [&] { PlainAdd(&x, uint16_t{1}); };
  CHECK(Mismatch(harness.Race(add, add),
                 ExpectRace(ReadWrite(&x), ReadWrite(&x), 0, 1)) == "");
  CHECK(Mismatch(harness.Race(add, [&] { PlainRead(&x); }),
                 ExpectRace(ReadWrite(&x), Read(&x), 2, 2)) == "");
  CHECK(Mismatch(harness.Race([&] { PlainRead(&x); }, add),
                 ExpectRace(Read(&x), ReadWrite(&x), 3, 4)) == "");
  CHECK(Mismatch(harness.Race(add, [&] { PlainWrite(&x, uint16_t{9}); }),
                 ExpectRace(ReadWrite(&x), Write(&x), 4, 9)) == "");
}

TEST_CASE("accesses to different variables are no race") {
  RaceHarness harness;
  struct {
    char a;
    char b;
  } s = {};
  const Encounter encounter = harness.Race([&] { PlainWrite(&s.a, 'a'); },
                                           [&] { PlainWrite(&s.b, 'b'); });
  CHECK(Mismatch(encounter, ExpectSilence()) == "");
}

TEST_CASE("accesses one after the other are no race") {
  RaceHarness harness;
  long x = 0;
  harness.RunWithWindow([&] { PlainWrite(&x, 1L); },
                        [](const core::StallRequest&) {});
  const Encounter encounter = harness.Race([] {}, [&] { PlainWrite(&x, 2L); });
  CHECK(Mismatch(encounter, ExpectNoWindow()) == "");
}

TEST_CASE("a report has the source text of both sides") {
  RaceHarness harness;
  long counter = 0;
  const Encounter encounter =
      harness.Race([&] { kcsan_check_read(&counter, sizeof(counter)); },
                   [&] { kcsan_check_write(&counter, sizeof(counter)); });
  Side read = Read(&counter);
  Side write = Write(&counter);
  read.text = "&counter";
  write.text = "&counter";
  CHECK(Mismatch(encounter, ExpectRace(read, write, 0, 0)) == "");
}

TEST_CASE("each side's stack begins in its own code") {
  RaceHarness harness;
  long x = 0;
  const Encounter encounter =
      harness.Race([&] { PlainRead(&x); }, [&] { PlainWrite(&x, 1L); });
  REQUIRE(encounter.reports.size() == 1);
  const RaceReport& report = encounter.reports[0];
  CHECK(report.watcher.frames[0] != report.other.frames[0]);
  // Down to the start of the thread, so more than the access itself.
  CHECK(report.watcher.num_frames > 1);
  CHECK(report.other.num_frames > 1);
  CHECK(report.time_ns > 0);
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
