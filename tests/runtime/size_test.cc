// SPDX-License-Identifier: Apache-2.0
//
// Races on data of every size and alignment: 1 to 8 bytes with their values,
// larger data without, parts against the whole, and what is too large or too
// low to be watched.

#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "doctest/doctest.h"
#include "tests/support/accesses.h"
#include "tests/support/expect.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

constexpr size_t kPage = 4096;

alignas(kPage) unsigned char g_area[16 * kPage];

// Told accesses to any bytes. What is stored is one byte, atomically.
void Tell(int type, const void* ptr, size_t size) {
  kcsan_rt_fast_check(ptr, size, type, KCSAN_INTERNAL_SITE("bytes"));
}
void WriteByte(void* ptr, size_t size, size_t at, unsigned char value) {
  Tell(KCSAN_ACCESS_WRITE, ptr, size);
  Store(static_cast<unsigned char*>(ptr) + at, value);
}

Side Bytes(int type, const void* ptr, size_t size) {
  return Side{type, ptr, size};
}

TEST_CASE("1 to 8 bytes at any alignment, with their values") {
  RaceHarness harness;
  for (size_t offset = 0; offset < 8; ++offset) {
    for (size_t size = 1; size <= 8; ++size) {
      CAPTURE(offset);
      CAPTURE(size);
      // Across a page boundary half of the time.
      unsigned char* const ptr = g_area + kPage - 4 + offset;
      std::memset(ptr, 0, 8);
      const Encounter encounter =
          harness.Race([&] { Tell(0, ptr, size); },
                       [&] { WriteByte(ptr, size, size - 1, 0x5a); });
      const uint64_t value = uint64_t{0x5a} << (8 * (size - 1));
      REQUIRE(
          Mismatch(encounter, ExpectRace(Bytes(0, ptr, size),
                                         Bytes(KCSAN_ACCESS_WRITE, ptr, size),
                                         0, value)) == "");
    }
  }
}

TEST_CASE("more than 8 bytes: seen accesses race, values are not compared") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.report_value_change_only = true; });
  for (const size_t size : {9, 16, 64, 4095, 4096}) {
    CAPTURE(size);
    const Encounter encounter =
        harness.Race([&] { Tell(KCSAN_ACCESS_WRITE, g_area, size); },
                     [&] { Tell(KCSAN_ACCESS_WRITE, g_area, size); });
    CHECK(Mismatch(encounter,
                   ExpectRace(Bytes(KCSAN_ACCESS_WRITE, g_area, size),
                              Bytes(KCSAN_ACCESS_WRITE, g_area, size))) == "");
    // By code that is not seen, nothing shows.
    CHECK(Mismatch(harness.Race([&] { Tell(0, g_area, size); },
                                [&] { Store(&g_area[0], Load(&g_area[1])); }),
                   ExpectSilence()) == "");
  }
}

struct Part {
  long before[4];
  long member;
  long after[3];
};

TEST_CASE("a structure against one of its members, either way round") {
  RaceHarness harness;
  Part part = {};
  const auto whole = [&] { Tell(KCSAN_ACCESS_WRITE, &part, sizeof(part)); };
  const auto member = [&] { PlainWrite(&part.member, 1L); };
  CHECK(Mismatch(harness.Race(whole, member),
                 ExpectRace(Write(&part), Write(&part.member))) == "");
  CHECK(Mismatch(harness.Race(member, whole),
                 ExpectRace(Write(&part.member), Write(&part), 1, 1)) == "");
}

TEST_CASE("one byte in common is enough, none is not") {
  RaceHarness harness;
  unsigned char* const ptr = g_area + 64;
  const auto watcher = [&] { Tell(0, ptr, 8); };
  const auto overlaps = [&](ptrdiff_t offset, size_t size) {
    const Encounter encounter = harness.Race(
        watcher, [&] { Tell(KCSAN_ACCESS_WRITE, ptr + offset, size); });
    CHECK(encounter.met);
    return encounter.reports.size() == 1;
  };
  CHECK(overlaps(7, 1));
  CHECK(overlaps(-1, 2));
  CHECK(overlaps(-64, 8192));
  CHECK_FALSE(overlaps(8, 1));
  CHECK_FALSE(overlaps(-1, 1));
  CHECK_FALSE(overlaps(8, 8000));
  CHECK_FALSE(overlaps(-64, 64));
}

TEST_CASE("accesses of no bytes never race") {
  RaceHarness harness;
  long x = 0;
  CHECK(Mismatch(harness.Race([&] { PlainRead(&x); },
                              [&] { kcsan_check_write(&x, 0); }),
                 ExpectSilence()) == "");
  CHECK(Mismatch(harness.Race([&] { kcsan_check_write(&x, 0); },
                              [&] { PlainWrite(&x, 1L); }),
                 ExpectNoWindow()) == "");
  CHECK(Mismatch(harness.Race([&] { PlainRead(&x); },
                              [&] { ScopedClaim claim(&x, 0, kClaimAccess); }),
                 ExpectSilence()) == "");
  CHECK(CounterValue(Counter::zero_size_accesses) >= 2);
}

TEST_CASE("of more than a page a part is watched, and any part is found") {
  RaceHarness harness;
  unsigned char* const ptr = g_area + 100;
  const size_t size = 8192;
  const auto watcher = [&] { Tell(KCSAN_ACCESS_WRITE, ptr, size); };
  const auto caught = [&](size_t at) {
    const Encounter encounter =
        harness.Race(watcher, [&] { WriteByte(ptr + at, 1, 0, 1); });
    CHECK(encounter.met);
    if (encounter.reports.empty()) return 0;
    CHECK(Mismatch(encounter,
                   ExpectRace(Bytes(KCSAN_ACCESS_WRITE, ptr, size),
                              Bytes(KCSAN_ACCESS_WRITE, ptr + at, 1))) == "");
    return 1;
  };
  // A window is half of it, so its middle is always in one. Its first quarter
  // is in every second.
  int first_quarter = 0;
  int last_quarter = 0;
  for (int i = 0; i < 60; ++i) {
    CHECK(caught(size / 2 - 1) == 1);
    first_quarter += caught(size / 4);
    last_quarter += caught(size * 3 / 4);
  }
  CHECK(first_quarter > 10);
  CHECK(first_quarter < 50);
  CHECK(last_quarter > 10);
  CHECK(last_quarter < 50);
}

TEST_CASE("more than two pages are not watched, but meet other windows") {
  RaceHarness harness;
  const auto large = [] { Tell(KCSAN_ACCESS_WRITE, g_area, sizeof(g_area)); };
  CHECK(Mismatch(harness.Race(large, large), ExpectNoWindow()) == "");
  CHECK(CounterValue(Counter::unencodable_accesses) == 1);
  unsigned char* const ptr = g_area + 13 * kPage + 5;
  CHECK(Mismatch(harness.Race([&] { Tell(0, ptr, 4); }, large),
                 ExpectRace(Bytes(0, ptr, 4),
                            Bytes(KCSAN_ACCESS_WRITE, g_area, sizeof(g_area)),
                            0, 0)) == "");
}

TEST_CASE("addresses below 4096 are not watched") {
  RaceHarness harness;
  const auto low = [] { Tell(0, reinterpret_cast<void*>(4095), 1); };
  CHECK(Mismatch(harness.Race(low, low), ExpectNoWindow()) == "");
  CHECK(CounterValue(Counter::unencodable_accesses) == 1);
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
