// SPDX-License-Identifier: Apache-2.0
//
// A program one file of which is compiled with the detector and one without,
// sharing every wrapper by reference: they agree on what it is and what is in
// it, and a race between the two is found wherever the watching side is the one
// that can watch. mixed_odr_test.py looks at the object files.

#include "tests/annotations/mixed.h"

#include <cstdint>

#include "doctest/doctest.h"
#include "tests/support/expect.h"
#include "tests/support/race_harness.h"

namespace mixed {
namespace {

using kcsan::Counter;
using kcsan::testing::AccessClaim;
using kcsan::testing::CounterValue;
using kcsan::testing::Expect;
using kcsan::testing::ExpectNoWindow;
using kcsan::testing::ExpectSilence;
using kcsan::testing::ExpectUnknownOrigin;
using kcsan::testing::Marked;
using kcsan::testing::Mismatch;
using kcsan::testing::RaceHarness;
using kcsan::testing::Read;
using kcsan::testing::ReadWrite;
using kcsan::testing::Side;
using kcsan::testing::Write;
using kcsan::testing::WriterClaim;

const Unit kOff = GetUnit<0>();
const Unit kOn = GetUnit<1>();

// How the compiler calls a checked<long>.
#ifdef __clang__
constexpr char kBalance[] = "checked<long>";
#else
constexpr char kBalance[] = "checked<long int>";
#endif

Side Named(Side side, const char* text) {
  side.text = text;
  return side;
}

TEST_CASE("the two files are what they are meant to be") {
  CHECK(kOff.enabled == 0);
  CHECK(kOn.enabled == 1);
}

TEST_CASE("size, alignment, offsets and names are the same") {
  CHECK(kOff.layout.size() == 30);
  CHECK(kOff.layout == kOn.layout);
  CHECK(kOff.names == kOn.names);
}

TEST_CASE("what one file writes, the other reads") {
  RaceHarness harness;
  const Unit* const units[] = {&kOff, &kOn};
  for (const Unit* writer : units) {
    for (const Unit* reader : units) {
      Shared shared;
      CHECK(reader->sum(shared) == 78);
      writer->write_balance(&shared, -20);
      writer->add_balance(&shared, 3);
      CHECK(reader->read_balance(shared) == -17);
      writer->count_lookup(&shared);
      reader->count_lookup(&shared);
      CHECK(shared.lookups == 7);
      writer->write_pair(&shared, {30, 40});
      CHECK(reader->read_pair(shared).a == 30);
      CHECK(reader->read_pair(shared).b == 40);
      writer->write_idx(&shared, 0x1234);
      CHECK(reader->read_idx(shared) == 0x1234);
      writer->write_length(&shared, 50);
      writer->write_flags(&shared, 60);
      CHECK(reader->sum(shared) ==
            1 - 17 + 3 + 4 + 7 + 30 + 40 + 50 + 0x1234 + 10 + 11 + 60);
    }
  }
  CHECK(harness.TakeReports().empty());
}

TEST_CASE("a write of the file without is seen by its value") {
  RaceHarness harness;
  Shared shared;
  const long* const balance = &shared.balance.unchecked();
  CHECK(Mismatch(harness.Race([&] { kOn.read_balance(shared); },
                              [&] { kOff.write_balance(&shared, 5); }),
                 ExpectUnknownOrigin(Named(Read(balance), kBalance), 2, 5)) ==
        "");
  CHECK(Mismatch(harness.Race([&] { kOn.write_balance(&shared, 6); },
                              [&] { kOff.add_balance(&shared, 2); }),
                 ExpectUnknownOrigin(Write(balance), 5, 7)) == "");
  CHECK(Mismatch(harness.Race([&] { kOn.add_balance(&shared, 1); },
                              [&] { kOff.write_balance(&shared, 9); }),
                 ExpectUnknownOrigin(ReadWrite(balance), 6, 9)) == "");
  CHECK(shared.balance == 10);
  CHECK(CounterValue(Counter::races_unknown_origin) == 3);
}

TEST_CASE("a claim is broken by the file without") {
  RaceHarness harness;
  Shared shared;
  CHECK(Mismatch(harness.Race([&] { kOn.claim_flags(shared); },
                              [&] { kOff.write_flags(&shared, 13); }),
                 ExpectUnknownOrigin(
                     Named(WriterClaim(&shared.flags), "s.flags"), 12, 13)) ==
        "");
  CHECK(Mismatch(harness.Race([&] { kOn.claim_length(shared); },
                              [&] { kOff.write_length(&shared, 14); }),
                 ExpectUnknownOrigin(AccessClaim(&shared.length), 8, 14)) ==
        "");
  // Bits that nobody claims may change; those that are claimed may not.
  CHECK(Mismatch(harness.Race([&] { kOn.claim_low_bits(shared); },
                              [&] { kOff.write_flags(&shared, 13 + 16); }),
                 ExpectSilence()) == "");
  Expect expect =
      ExpectUnknownOrigin(WriterClaim(&shared.flags), 13 + 16, 2 + 16);
  expect.mask = 0x0f;
  CHECK(Mismatch(harness.Race([&] { kOn.claim_low_bits(shared); },
                              [&] { kOff.write_flags(&shared, 2 + 16); }),
                 expect) == "");
}

TEST_CASE("two writers of one sequence are found") {
  RaceHarness harness;
  Shared shared;
  const auto* sequence =
      reinterpret_cast<const std::uint32_t*>(&shared.sequence);
  // A whole write of the other comes in between: two steps.
  CHECK(Mismatch(harness.Race(
                     [&] {
                       kOn.write_pair(&shared, {1, 1});
                     },
                     [&] {
                       kOff.write_pair(&shared, {2, 2});
                     }),
                 ExpectUnknownOrigin(
                     Named(WriterClaim(sequence), "kcsan::SeqCount"), 0, 2)) ==
        "");
  CHECK(kOff.read_pair(shared).a == 1);
}

TEST_CASE("a reader of the sequence is no race, in either file") {
  RaceHarness harness;
  Shared shared;
  CHECK(Mismatch(harness.Race([&] { kOn.read_pair(shared); },
                              [&] {
                                kOff.write_pair(&shared, {1, 1});
                              }),
                 ExpectNoWindow()) == "");
  CHECK(Mismatch(harness.Race(
                     [&] {
                       kOn.write_pair(&shared, {2, 2});
                     },
                     [&] { kOff.read_pair(shared); }),
                 ExpectSilence()) == "");
}

TEST_CASE("marked in both, or racy by its type: no race") {
  RaceHarness harness;
  Shared shared;
  CHECK(Mismatch(harness.Race([&] { kOn.read_idx(shared); },
                              [&] { kOff.write_idx(&shared, 1); }),
                 ExpectNoWindow()) == "");
  CHECK(Mismatch(harness.Race([&] { kOn.count_lookup(&shared); },
                              [&] { kOff.count_lookup(&shared); }),
                 ExpectNoWindow()) == "");
  CHECK(shared.lookups == 7);
}

// The price of leaving a file out, as the documentation says.
TEST_CASE("what only the file without could see stays unseen") {
  RaceHarness harness;
  Shared shared;
  CHECK(Mismatch(harness.Race([&] { kOff.read_balance(shared); },
                              [&] { kOn.write_balance(&shared, 5); }),
                 ExpectNoWindow()) == "");
  // A read leaves no value behind.
  CHECK(Mismatch(harness.Race([&] { kOn.write_balance(&shared, 6); },
                              [&] { kOff.read_balance(shared); }),
                 ExpectSilence()) == "");
}

}  // namespace
}  // namespace mixed
