// SPDX-License-Identifier: Apache-2.0
//
// The one rule of permissive=1, row by row.

#include "kcsan/core/permissive.h"

#include <cstdint>

#include "doctest/doctest.h"
#include "kcsan/checks.h"

namespace kcsan {
namespace core {
namespace {

TEST_CASE("one bit changed under a plain read is permitted") {
  for (int bit = 0; bit < 64; ++bit) {
    const uint64_t flag = uint64_t{1} << bit;
    const uint64_t others = 0xf0f0f0f0f0f0f0f0 & ~flag;
    CAPTURE(bit);
    CHECK(IsPermitted(0, 8, others, others | flag));
    CHECK(IsPermitted(0, 8, others | flag, others));
  }
}

TEST_CASE("a boolean that flips is not") {
  CHECK_FALSE(IsPermitted(0, 1, 0, 1));
  CHECK_FALSE(IsPermitted(0, 1, 1, 0));
  CHECK_FALSE(IsPermitted(0, 8, 0, 1));
  // Bit 0 of a word with other bits set is no boolean; nor is another bit.
  CHECK(IsPermitted(0, 4, 2, 3));
  CHECK(IsPermitted(0, 4, 3, 2));
  CHECK(IsPermitted(0, 4, 0, 2));
  CHECK(IsPermitted(0, 4, 2, 0));
}

TEST_CASE("no change and more than one bit are not") {
  CHECK_FALSE(IsPermitted(0, 4, 6, 6));
  CHECK_FALSE(IsPermitted(0, 4, 4, 7));
  CHECK_FALSE(IsPermitted(0, 4, 1, 2));
  CHECK_FALSE(IsPermitted(0, 8, 0, UINT64_MAX));
}

TEST_CASE("only plain reads of 1 to 8 bytes") {
  for (int type = 1; type < 32; ++type) {
    CAPTURE(type);
    CHECK_FALSE(IsPermitted(type, 4, 4, 6));
  }
  CHECK_FALSE(IsPermitted(0, 0, 4, 6));
  CHECK_FALSE(IsPermitted(0, 9, 4, 6));
  for (size_t size = 1; size <= 8; ++size) CHECK(IsPermitted(0, size, 4, 6));
}

}  // namespace
}  // namespace core
}  // namespace kcsan
