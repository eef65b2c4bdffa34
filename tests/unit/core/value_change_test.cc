// SPDX-License-Identifier: Apache-2.0
//
// Values of 1 to 8 bytes at any alignment, and what a difference says.

#include "kcsan/core/value_change.h"

#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "doctest/doctest.h"

namespace kcsan {
namespace core {
namespace {

TEST_CASE("a value is its bytes, whatever their number and alignment") {
  uint8_t bytes[24];
  for (int i = 0; i < 24; ++i) bytes[i] = static_cast<uint8_t>(0xa1 + 7 * i);
  for (size_t offset = 0; offset < 16; ++offset) {
    for (size_t size = 1; size <= 8; ++size) {
      uint64_t expected = 0;
      std::memcpy(&expected, bytes + offset, size);  // little-endian hosts
      CAPTURE(offset);
      CAPTURE(size);
      CHECK(ReadValue(bytes + offset, size) == expected);
    }
  }
}

TEST_CASE("sizes that are not compared read as 0") {
  const uint8_t bytes[32] = {1, 2, 3};
  for (const size_t size : {0, 9, 12, 16, 32}) {
    CHECK(ReadValue(bytes, size) == 0);
    CHECK_FALSE(HasComparableSize(size));
  }
  for (size_t size = 1; size <= 8; ++size) CHECK(HasComparableSize(size));
  CHECK_FALSE(HasComparableSize(SIZE_MAX));
}

TEST_CASE("the judgement, exhaustively") {
  for (const uint64_t diff : {uint64_t{0}, uint64_t{1}, UINT64_MAX}) {
    for (size_t size = 0; size <= 16; ++size) {
      for (const bool is_assert : {false, true}) {
        CAPTURE(diff);
        CAPTURE(size);
        CAPTURE(is_assert);
        // With a mask only the masked difference counts.
        CHECK(JudgeSeenRace(diff, 0xff, size, is_assert) ==
              (diff != 0 ? ValueChange::kYes : ValueChange::kNo));
        const bool is_compared = size >= 1 && size <= 8;
        const bool changed = diff != 0 || is_assert || !is_compared;
        CHECK(JudgeSeenRace(diff, 0, size, is_assert) ==
              (changed ? ValueChange::kYes : ValueChange::kMaybe));
      }
    }
  }
}

}  // namespace
}  // namespace core
}  // namespace kcsan
