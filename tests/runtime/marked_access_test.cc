// SPDX-License-Identifier: Apache-2.0
//
// Marked accesses: never a race among themselves, always one with a plain
// access that conflicts. And what ignore_atomics makes of them.

#include "doctest/doctest.h"
#include "tests/support/accesses.h"
#include "tests/support/expect.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

TEST_CASE("two marked accesses never race") {
  RaceHarness harness;
  long x = 0;
  const RaceHarness::Body accesses[] = {[&] { MarkedRead(&x); },
                                        [&] { MarkedWrite(&x, 1L); },
                                        [&] { MarkedAdd(&x, 1L); }};
  for (const auto& a : accesses) {
    for (const auto& b : accesses) {
      // Neither is watched, so neither can meet the other.
      CHECK(Mismatch(harness.Race(a, b), ExpectNoWindow()) == "");
    }
  }
  CHECK(CounterValue(Counter::setup_watchpoints) == 0);
}

TEST_CASE("a plain read meets a marked write and a marked read-modify-write") {
  RaceHarness harness;
  long x = 0;
  const auto read = [&] { PlainRead(&x); };
  CHECK(Mismatch(harness.Race(read, [&] { MarkedWrite(&x, 1L); }),
                 ExpectRace(Read(&x), Marked(Write(&x)), 0, 1)) == "");
  CHECK(Mismatch(harness.Race(read, [&] { MarkedAdd(&x, 1L); }),
                 ExpectRace(Read(&x), Marked(ReadWrite(&x)), 1, 2)) == "");
  CHECK(Mismatch(harness.Race(read, [&] { MarkedRead(&x); }),
                 ExpectSilence()) == "");
}

TEST_CASE("a plain write meets every marked access") {
  RaceHarness harness;
  long x = 0;
  const auto write = [&] { PlainWrite(&x, 0L); };
  CHECK(Mismatch(harness.Race(write, [&] { MarkedRead(&x); }),
                 ExpectRace(Write(&x), Marked(Read(&x)), 0, 0)) == "");
  CHECK(Mismatch(harness.Race(write, [&] { MarkedWrite(&x, 1L); }),
                 ExpectRace(Write(&x), Marked(Write(&x)), 0, 1)) == "");
  CHECK(Mismatch(harness.Race(write, [&] { MarkedAdd(&x, 1L); }),
                 ExpectRace(Write(&x), Marked(ReadWrite(&x)), 0, 1)) == "");
}

TEST_CASE("with ignore_atomics nobody looks at them") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.ignore_atomics = true; });
  long x = 0;
  CHECK(Mismatch(
            harness.Race([&] { PlainWrite(&x, 0L); }, [&] { MarkedRead(&x); }),
            ExpectSilence()) == "");
  // The value that one leaves is still seen, with nobody to go with it.
  CHECK(Mismatch(
            harness.Race([&] { PlainRead(&x); }, [&] { MarkedWrite(&x, 1L); }),
            ExpectUnknownOrigin(Read(&x), 0, 1)) == "");
  // Plain accesses are looked at as ever.
  CHECK(Mismatch(
            harness.Race([&] { PlainRead(&x); }, [&] { PlainWrite(&x, 2L); }),
            ExpectRace(Read(&x), Write(&x), 1, 2)) == "");
}

TEST_CASE("with ignore_atomics the open scopes are looked at all the same") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.ignore_atomics = true; });
  long x = 0;
  long elsewhere = 0;
  const Encounter encounter =
      harness.Race([&] { PlainWrite(&x, 0L); },
                   [&] {
                     kcsan_disable_current();
                     ScopedClaim claim(&x, sizeof(x), kClaimWriter);
                     kcsan_enable_current();
                     MarkedRead(&elsewhere);
                   });
  CHECK(Mismatch(encounter,
                 ExpectRace(Write(&x), Scoped(WriterClaim(&x)), 0, 0)) == "");
}

TEST_CASE("aligned plain writes taken for marked ones") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.assume_plain_writes_atomic = true; });
  long x = 0;
  alignas(8) char area[16] = {};
  char* const odd = area + 1;
  const auto write = [&] { PlainWrite(&x, 1L); };
  const auto write_odd = [&] { kcsan_check_write(odd, sizeof(long)); };
  CHECK(Mismatch(harness.Race(write, write), ExpectNoWindow()) == "");
  // A plain read still meets it, under its true name.
  CHECK(Mismatch(
            harness.Race([&] { PlainRead(&x); }, [&] { PlainWrite(&x, 2L); }),
            ExpectRace(Read(&x), Write(&x), 1, 2)) == "");
  const Side side = {KCSAN_ACCESS_WRITE, odd, sizeof(long)};
  CHECK(Mismatch(harness.Race(write_odd, write_odd),
                 ExpectRace(side, side, 0, 0)) == "");
  CHECK(Mismatch(
            harness.Race([&] { PlainAdd(&x, 1L); }, [&] { PlainAdd(&x, 1L); }),
            ExpectRace(ReadWrite(&x), ReadWrite(&x), 2, 3)) == "");
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
