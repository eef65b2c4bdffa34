// SPDX-License-Identifier: Apache-2.0
//
// Claims: "nobody else writes this now" and "nobody else touches this now",
// against every access and against each other; and claims on some bits.

#include <cstdint>

#include "doctest/doctest.h"
#include "tests/support/accesses.h"
#include "tests/support/expect.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

TEST_CASE("the only writer minds writes of every kind, and no reads") {
  RaceHarness harness;
  long x = 0;
  const auto claim = [&] { ClaimWriter(&x); };
  CHECK(Mismatch(harness.Race(claim, [&] { PlainWrite(&x, 1L); }),
                 ExpectRace(WriterClaim(&x), Write(&x), 0, 1)) == "");
  CHECK(Mismatch(harness.Race(claim, [&] { MarkedWrite(&x, 2L); }),
                 ExpectRace(WriterClaim(&x), Marked(Write(&x)), 1, 2)) == "");
  CHECK(Mismatch(harness.Race(claim, [&] { MarkedAdd(&x, 1L); }),
                 ExpectRace(WriterClaim(&x), Marked(ReadWrite(&x)), 2, 3)) ==
        "");
  CHECK(Mismatch(harness.Race(claim, [&] { PlainRead(&x); }),
                 ExpectSilence()) == "");
  CHECK(Mismatch(harness.Race(claim, [&] { MarkedRead(&x); }),
                 ExpectSilence()) == "");
  CHECK(CounterValue(Counter::assert_failures) == 3);
  CHECK(CounterValue(Counter::data_races) == 0);
}

TEST_CASE("exclusive access minds every access") {
  RaceHarness harness;
  long x = 0;
  const auto claim = [&] { ClaimAccess(&x); };
  CHECK(Mismatch(harness.Race(claim, [&] { PlainRead(&x); }),
                 ExpectRace(AccessClaim(&x), Read(&x), 0, 0)) == "");
  CHECK(Mismatch(harness.Race(claim, [&] { MarkedRead(&x); }),
                 ExpectRace(AccessClaim(&x), Marked(Read(&x)), 0, 0)) == "");
  CHECK(Mismatch(harness.Race(claim, [&] { MarkedWrite(&x, 1L); }),
                 ExpectRace(AccessClaim(&x), Marked(Write(&x)), 0, 1)) == "");
  CHECK(Mismatch(harness.Race(claim, [&] { PlainAdd(&x, 1L); }),
                 ExpectRace(AccessClaim(&x), ReadWrite(&x), 1, 2)) == "");
}

TEST_CASE("a claim that comes by meets the plain access that is watched") {
  RaceHarness harness;
  long x = 0;
  const auto read = [&] { PlainRead(&x); };
  const auto write = [&] { PlainWrite(&x, 0L); };
  CHECK(Mismatch(harness.Race(write, [&] { ClaimWriter(&x); }),
                 ExpectRace(Write(&x), WriterClaim(&x), 0, 0)) == "");
  CHECK(Mismatch(harness.Race(write, [&] { ClaimAccess(&x); }),
                 ExpectRace(Write(&x), AccessClaim(&x), 0, 0)) == "");
  CHECK(Mismatch(harness.Race(read, [&] { ClaimAccess(&x); }),
                 ExpectRace(Read(&x), AccessClaim(&x), 0, 0)) == "");
  CHECK(Mismatch(harness.Race(read, [&] { ClaimWriter(&x); }),
                 ExpectSilence()) == "");
  CHECK(CounterValue(Counter::assert_failures) == 3);
}

TEST_CASE("claims against each other: only two single writers agree") {
  RaceHarness harness;
  long x = 0;
  const auto writer = [&] { ClaimWriter(&x); };
  const auto access = [&] { ClaimAccess(&x); };
  CHECK(Mismatch(harness.Race(writer, writer), ExpectSilence()) == "");
  CHECK(Mismatch(harness.Race(access, access),
                 ExpectRace(AccessClaim(&x), AccessClaim(&x), 0, 0)) == "");
  CHECK(Mismatch(harness.Race(access, writer),
                 ExpectRace(AccessClaim(&x), WriterClaim(&x), 0, 0)) == "");
  CHECK(Mismatch(harness.Race(writer, access),
                 ExpectRace(WriterClaim(&x), AccessClaim(&x), 0, 0)) == "");
}

TEST_CASE("a violated claim needs no changed value, whatever the options") {
  RaceHarness harness;
  harness.Set([](Options& o) {
    o.report_value_change_only = true;
    o.permissive = true;
    o.assume_plain_writes_atomic = true;
    o.report_race_unknown_origin = false;
  });
  long x = 4;
  CHECK(Mismatch(harness.Race([&] { ClaimWriter(&x); },
                              [&] { MarkedWrite(&x, 4L); }),
                 ExpectRace(WriterClaim(&x), Marked(Write(&x)), 4, 4)) == "");
  CHECK(Mismatch(harness.Race([&] { ClaimWriter(&x); }, [&] { Store(&x, 6L); }),
                 ExpectUnknownOrigin(WriterClaim(&x), 4, 6)) == "");
}

TEST_CASE("a claim in an atomic region is watched as elsewhere") {
  RaceHarness harness;
  long x = 0;
  const auto claim = [&] {
    kcsan_nestable_atomic_begin();
    kcsan_flat_atomic_begin();
    ClaimWriter(&x);
    kcsan_flat_atomic_end();
    kcsan_nestable_atomic_end();
  };
  CHECK(Mismatch(harness.Race(claim, [&] { MarkedWrite(&x, 1L); }),
                 ExpectRace(WriterClaim(&x), Marked(Write(&x)), 0, 1)) == "");
}

constexpr uint32_t kMask = 0x00ff00;

Expect WithMask(Expect expect) {
  expect.mask = kMask;
  return expect;
}

TEST_CASE("a claim on bits minds a change of these bits") {
  RaceHarness harness;
  uint32_t flags = 0x010101;
  const auto claim = [&] { ClaimBits(&flags, kMask); };
  CHECK(Mismatch(harness.Race(claim, [&] { PlainWrite(&flags, 0x010201u); }),
                 WithMask(ExpectRace(WriterClaim(&flags), Write(&flags),
                                     0x010101, 0x010201))) == "");
  CHECK(Mismatch(harness.Race(claim, [&] { MarkedWrite(&flags, 0x010301u); }),
                 WithMask(ExpectRace(WriterClaim(&flags), Marked(Write(&flags)),
                                     0x010201, 0x010301))) == "");
  CHECK(Mismatch(harness.Race(claim, [&] { Store(&flags, 0x020402u); }),
                 WithMask(ExpectUnknownOrigin(WriterClaim(&flags), 0x010301,
                                              0x020402))) == "");
  CHECK(CounterValue(Counter::assert_failures) == 3);
}

TEST_CASE("a claim on bits does not mind a change of others") {
  RaceHarness harness;
  uint32_t flags = 0x010101;
  const auto claim = [&] { ClaimBits(&flags, kMask); };
  CHECK(Mismatch(harness.Race(claim, [&] { PlainWrite(&flags, 0xff01ffu); }),
                 ExpectSilence()) == "");
  CHECK(Mismatch(harness.Race(claim, [&] { Store(&flags, 0x000100u); }),
                 ExpectSilence()) == "");
  // Nor a write that changes nothing.
  CHECK(Mismatch(harness.Race(claim, [&] { PlainWrite(&flags, Load(&flags)); }),
                 ExpectSilence()) == "");
  CHECK(CounterValue(Counter::assert_failures) == 0);
}

TEST_CASE("a claim on bits that comes by disturbs no other window") {
  RaceHarness harness;
  uint32_t flags = 0;
  CHECK(Mismatch(harness.Race([&] { PlainWrite(&flags, 1u); },
                              [&] { ClaimBits(&flags, kMask); }),
                 ExpectSilence()) == "");
  CHECK(Mismatch(harness.Race([&] { ClaimAccess(&flags); },
                              [&] { ClaimBits(&flags, kMask); }),
                 ExpectSilence()) == "");
}

TEST_CASE("an access mask does to any access what a claim on bits does") {
  RaceHarness harness;
  uint32_t flags = 0x010101;
  const auto read = [&] {
    kcsan_set_access_mask(kMask);
    PlainRead(&flags);
    kcsan_set_access_mask(0);
  };
  CHECK(Mismatch(harness.Race(read, [&] { PlainWrite(&flags, 0xff01ffu); }),
                 ExpectSilence()) == "");
  CHECK(Mismatch(harness.Race(read, [&] { PlainWrite(&flags, 0xff02ffu); }),
                 WithMask(ExpectRace(Read(&flags), Write(&flags), 0xff01ff,
                                     0xff02ff))) == "");
  // It meets nobody's window while it is set, and does afterwards.
  const auto watch = [&] { PlainWrite(&flags, 1u); };
  CHECK(Mismatch(harness.Race(watch, read), ExpectSilence()) == "");
  CHECK(Mismatch(harness.Race(watch,
                              [&] {
                                read();
                                PlainRead(&flags);
                              }),
                 ExpectRace(Write(&flags), Read(&flags), 1, 1)) == "");
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
