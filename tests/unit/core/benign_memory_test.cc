// SPDX-License-Identifier: Apache-2.0
//
// What was declared benign is, byte for byte, and the table's end is an end.

#include "kcsan/core/benign_memory.h"

#include "doctest/doctest.h"

namespace kcsan {
namespace core {
namespace {

TEST_CASE("nothing is benign at first") {
  const BenignMemory memory = {};
  CHECK_FALSE(IsBenign(memory, 0, 8));
  CHECK_FALSE(IsBenign(memory, 0x1000, 8));
}

TEST_CASE("an access is benign if one of its bytes is") {
  BenignMemory memory = {};
  REQUIRE(AddBenign(&memory, 0x1000, 8));
  REQUIRE(AddBenign(&memory, 0x2000, 1));
  CHECK(IsBenign(memory, 0x1000, 8));
  CHECK(IsBenign(memory, 0x1007, 1));
  CHECK(IsBenign(memory, 0x0ff8, 16));
  CHECK(IsBenign(memory, 0x1ffe, 4));
  CHECK_FALSE(IsBenign(memory, 0x1008, 8));
  CHECK_FALSE(IsBenign(memory, 0x0ff8, 8));
  CHECK_FALSE(IsBenign(memory, 0x2001, 8));
}

TEST_CASE("an empty range takes no room") {
  BenignMemory memory = {};
  for (uint32_t i = 0; i < 2 * kMaxBenignRanges; ++i) {
    CHECK(AddBenign(&memory, 0x1000, 0));
  }
  CHECK(AddBenign(&memory, 0x1000, 1));
}

TEST_CASE("a full table says so, and stays right") {
  BenignMemory memory = {};
  for (uint32_t i = 0; i < kMaxBenignRanges; ++i) {
    REQUIRE(AddBenign(&memory, 0x1000 + 16 * i, 8));
  }
  CHECK_FALSE(AddBenign(&memory, 0x9000, 8));
  CHECK_FALSE(AddBenign(&memory, 0x9000, 8));
  CHECK_FALSE(IsBenign(memory, 0x9000, 8));
  CHECK(IsBenign(memory, 0x1000 + 16 * (kMaxBenignRanges - 1), 1));
}

}  // namespace
}  // namespace core
}  // namespace kcsan
