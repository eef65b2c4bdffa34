// SPDX-License-Identifier: Apache-2.0
//
// Types of accesses, alone and in pairs, and the overlap of ranges.

#include "kcsan/core/access.h"

#include <cstdint>
#include <random>

#include "doctest/doctest.h"
#include "kcsan/core/encoding.h"

namespace kcsan {
namespace core {
namespace {

TEST_CASE("each question looks at one bit of the type") {
  for (int type = 0; type < 32; ++type) {
    CAPTURE(type);
    CHECK(IsWrite(type) == ((type & 1) != 0));
    CHECK(IsCompound(type) == ((type & 2) != 0));
    CHECK(IsMarked(type) == ((type & 4) != 0));
    CHECK(IsAssert(type) == ((type & 8) != 0));
  }
}

// What may be armed, against what may come by. The rows are a design, so they
// are written out and not computed.
TEST_CASE("which pairs of types conflict") {
  constexpr int kRead = 0;
  constexpr int kWrite = KCSAN_ACCESS_WRITE;
  constexpr int kReadWrite = KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND;
  constexpr int kWriter = KCSAN_ACCESS_ASSERT;
  constexpr int kAccess = KCSAN_ACCESS_ASSERT | KCSAN_ACCESS_WRITE;
  const int watched[] = {kRead, kWrite, kReadWrite, kWriter, kAccess};
  const int coming[] = {kRead,
                        kWrite,
                        kReadWrite,
                        kRead | KCSAN_ACCESS_ATOMIC,
                        kWrite | KCSAN_ACCESS_ATOMIC,
                        kReadWrite | KCSAN_ACCESS_ATOMIC,
                        kWriter,
                        kAccess};
  const char* const conflicts[] = {
      // r  w  rw  mr mw mrw writer access
      ".xx.xx.x",  // read
      "xxxxxxxx",  // write
      "xxxxxxxx",  // read-write
      ".xx.xx.x",  // claim: I am the only writer
      "xxxxxxxx",  // claim: nobody else accesses
  };
  for (int row = 0; row < 5; ++row) {
    for (int column = 0; column < 8; ++column) {
      CAPTURE(row);
      CAPTURE(column);
      const uint64_t word = EncodeWatchpoint(0x1000, 8, IsWrite(watched[row]));
      CHECK(Matches(word, 0x1000, 8, IsWrite(coming[column])) ==
            (conflicts[row][column] == 'x'));
    }
  }
}

TEST_CASE("ranges overlap when they have a byte in common") {
  // Exhaustive where it is cheap.
  for (uintptr_t a = 0; a < 12; ++a) {
    for (size_t a_size = 1; a_size < 6; ++a_size) {
      for (uintptr_t b = 0; b < 12; ++b) {
        for (size_t b_size = 1; b_size < 6; ++b_size) {
          bool common = false;
          for (uintptr_t byte = a; byte < a + a_size; ++byte) {
            common = common || (byte >= b && byte < b + b_size);
          }
          REQUIRE(RangesOverlap(a, a_size, b, b_size) == common);
        }
      }
    }
  }
}

TEST_CASE("an empty range overlaps nothing") {
  CHECK_FALSE(RangesOverlap(100, 0, 100, 0));
  CHECK_FALSE(RangesOverlap(100, 0, 96, 8));
  CHECK_FALSE(RangesOverlap(96, 8, 100, 0));
  CHECK_FALSE(RangesOverlap(96, 8, 96, 0));
}

TEST_CASE("ranges at the end of the address space do not wrap") {
  const uintptr_t last = UINTPTR_MAX;
  CHECK(RangesOverlap(last - 7, 8, last, 1));
  CHECK(RangesOverlap(last, 1, last - 7, 8));
  CHECK(RangesOverlap(last - 7, 8, last - 3, 4));
  CHECK_FALSE(RangesOverlap(last - 7, 8, 0, 8));
  CHECK_FALSE(RangesOverlap(0, 8, last - 7, 8));
  CHECK_FALSE(RangesOverlap(last - 15, 8, last - 7, 8));
}

TEST_CASE("overlap is symmetric") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10000; ++i) {
    const uintptr_t a = random();
    const uintptr_t b = a + random() % 64 - 32;
    const size_t a_size = random() % 20;
    const size_t b_size = random() % 20;
    REQUIRE(RangesOverlap(a, a_size, b, b_size) ==
            RangesOverlap(b, b_size, a, a_size));
  }
}

}  // namespace
}  // namespace core
}  // namespace kcsan
