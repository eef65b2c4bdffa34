// SPDX-License-Identifier: Apache-2.0
//
// Values that change under a watched access while nobody is seen, and races in
// which nothing changes: which of them are reported.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "doctest/doctest.h"
#include "tests/support/accesses.h"
#include "tests/support/expect.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

TEST_CASE("a writer that is not seen leaves a changed value") {
  RaceHarness harness;
  long x = 1;
  CHECK(Mismatch(harness.Race([&] { PlainRead(&x); }, [&] { Store(&x, 2L); }),
                 ExpectUnknownOrigin(Read(&x), 1, 2)) == "");
  CHECK(Mismatch(
            harness.Race([&] { PlainWrite(&x, 5L); }, [&] { Store(&x, 3L); }),
            ExpectUnknownOrigin(Write(&x), 2, 3)) == "");
  CHECK(CounterValue(Counter::races_unknown_origin) == 2);
  CHECK(CounterValue(Counter::data_races) == 0);
}

TEST_CASE("a writer that is not seen and leaves the value leaves no trace") {
  RaceHarness harness;
  long x = 1;
  CHECK(Mismatch(harness.Race([&] { PlainRead(&x); }, [&] { Store(&x, 1L); }),
                 ExpectSilence()) == "");
  CHECK(Mismatch(harness.Race([&] { PlainRead(&x); },
                              [&] {
                                Store(&x, 2L);
                                Store(&x, 1L);
                              }),
                 ExpectSilence()) == "");
}

TEST_CASE("a write in a disabled region is one of unknown origin") {
  RaceHarness harness;
  long x = 1;
  CHECK(Mismatch(harness.Race([&] { PlainRead(&x); },
                              [&] {
                                kcsan_disable_current();
                                PlainWrite(&x, 2L);
                                kcsan_enable_current();
                              }),
                 ExpectUnknownOrigin(Read(&x), 1, 2)) == "");
}

TEST_CASE("with the option off they are counted, and claims reported") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.report_race_unknown_origin = false; });
  long x = 1;
  CHECK(Mismatch(harness.Race([&] { PlainRead(&x); }, [&] { Store(&x, 2L); }),
                 ExpectSilence()) == "");
  CHECK(CounterValue(Counter::races_unknown_origin) == 1);
  CHECK(CounterValue(Counter::filtered) == 1);
  CHECK(Mismatch(harness.Race([&] { ClaimWriter(&x); }, [&] { Store(&x, 3L); }),
                 ExpectUnknownOrigin(WriterClaim(&x), 2, 3)) == "");
  CHECK(CounterValue(Counter::assert_failures) == 1);
}

TEST_CASE("a write of the value that is there: strict reports it") {
  RaceHarness harness;
  long x = 1;
  const auto read = [&] { PlainRead(&x); };
  const auto write_same = [&] { PlainWrite(&x, 1L); };
  CHECK(Mismatch(harness.Race(read, write_same),
                 ExpectRace(Read(&x), Write(&x), 1, 1)) == "");
  harness.Set([](Options& o) { o.report_value_change_only = true; });
  CHECK(Mismatch(harness.Race(read, write_same), ExpectSilence()) == "");
  CHECK(CounterValue(Counter::filtered) == 1);
  CHECK(CounterValue(Counter::data_races) == 2);
  CHECK(Mismatch(harness.Race(read, [&] { PlainWrite(&x, 2L); }),
                 ExpectRace(Read(&x), Write(&x), 1, 2)) == "");
}

// A place that the report room has on its list.
__attribute__((noinline)) void PublishByRcu(long* x) {
  kcsan_check_write(x, sizeof(*x));
  Store(x, Load(x));
}

TEST_CASE("some places are reported without a change") {
  static std::vector<uintptr_t> listed;
  listed.clear();
  RaceHarness harness;
  harness.SetHooks([](core::Hooks& hooks) {
    hooks.always_report = [](uintptr_t pc) {
      return std::find(listed.begin(), listed.end(), pc) != listed.end();
    };
  });
  long x = 1;
  const auto read = [&] { PlainRead(&x); };
  const auto publish = [&] { PublishByRcu(&x); };
  // Where it stands, as the strict reports say.
  listed.push_back(harness.Race(read, publish).reports.at(0).other.frames[0]);
  listed.push_back(harness.Race(publish, read).reports.at(0).watcher.frames[0]);

  harness.Set([](Options& o) { o.report_value_change_only = true; });
  CHECK(Mismatch(harness.Race(read, publish),
                 ExpectRace(Read(&x), Write(&x), 1, 1)) == "");
  CHECK(Mismatch(harness.Race(publish, read),
                 ExpectRace(Write(&x), Read(&x), 1, 1)) == "");
  CHECK(Mismatch(harness.Race(read, [&] { PlainWrite(&x, 1L); }),
                 ExpectSilence()) == "");
}

TEST_CASE("permissive: a flag that flips under a reader of other flags") {
  RaceHarness harness;
  harness.Set([](Options& o) {
    o.permissive = true;
    o.report_value_change_only = true;
  });
  unsigned flags = 0x10;
  const auto read = [&] { PlainRead(&flags); };
  CHECK(Mismatch(harness.Race(read, [&] { PlainWrite(&flags, 0x12u); }),
                 ExpectSilence()) == "");
  CHECK(Mismatch(harness.Race(read, [&] { Store(&flags, 0x13u); }),
                 ExpectSilence()) == "");
  CHECK(CounterValue(Counter::filtered) == 2);
  // More than a flag; a boolean; a writer.
  CHECK(Mismatch(harness.Race(read, [&] { PlainWrite(&flags, 0u); }),
                 ExpectRace(Read(&flags), Write(&flags), 0x13, 0)) == "");
  CHECK(Mismatch(harness.Race(read, [&] { PlainWrite(&flags, 1u); }),
                 ExpectRace(Read(&flags), Write(&flags), 0, 1)) == "");
  CHECK(Mismatch(harness.Race([&] { PlainWrite(&flags, 9u); },
                              [&] { PlainWrite(&flags, 3u); }),
                 ExpectRace(Write(&flags), Write(&flags), 1, 3)) == "");
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
