// SPDX-License-Identifier: Apache-2.0
//
// The encoded watchpoint: what goes in comes out, and matching agrees with the
// definition, over random inputs and at every boundary.

#include "kcsan/core/encoding.h"

#include <cstdint>
#include <initializer_list>
#include <random>
#include <vector>

#include "doctest/doctest.h"

namespace kcsan {
namespace core {
namespace {

constexpr uintptr_t kTop = uintptr_t{1} << kAddressBits;

void CheckRoundTrip(uintptr_t address, size_t size, bool is_write) {
  CAPTURE(address);
  CAPTURE(size);
  CAPTURE(is_write);
  const uint64_t word = EncodeWatchpoint(address, size, is_write);
  REQUIRE(word != kInvalidWatchpoint);
  REQUIRE(word != kConsumedWatchpoint);
  DecodedWatchpoint decoded = {};
  REQUIRE(DecodeWatchpoint(word, &decoded));
  REQUIRE(decoded.address == (address & kAddressMask));
  REQUIRE(decoded.size == size);
  REQUIRE(decoded.is_write == is_write);
}

std::vector<uintptr_t> BoundaryAddresses() {
  std::vector<uintptr_t> addresses;
  for (const uintptr_t edge :
       {uintptr_t{kPageSize}, uintptr_t{2 * kPageSize}, uintptr_t{1} << 32,
        uintptr_t{1} << 47, uintptr_t{1} << 48, kTop - kPageSize, kTop}) {
    for (uintptr_t offset = 0; offset < 18; ++offset) {
      addresses.push_back(edge + offset - 9);
    }
  }
  addresses.push_back(UINTPTR_MAX);
  return addresses;
}

const size_t kBoundarySizes[] = {
    1, 2, 3, 4, 7, 8, 9, 63, 64, 4095, 4096, 4097, 8191, kMaxEncodableSize};

TEST_CASE("the fields tile the word") {
  CHECK((kAddressMask | kSizeMask | kWriteMask) == UINT64_MAX);
  CHECK((kAddressMask & kSizeMask) == 0);
  CHECK((kAddressMask & kWriteMask) == 0);
  CHECK((kSizeMask & kWriteMask) == 0);
  CHECK(kWriteMask == uint64_t{1} << 63);
  CHECK(kSizeMask == uint64_t{0x3fff} << 49);
}

TEST_CASE("every user-space address of 48 bits has an encoding of its own") {
  DecodedWatchpoint decoded = {};
  const uintptr_t highest = (uintptr_t{1} << 48) - 1;
  REQUIRE(DecodeWatchpoint(EncodeWatchpoint(highest, 1, false), &decoded));
  CHECK(decoded.address == highest);
}

TEST_CASE("random watchpoints come out as they went in") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    CheckRoundTrip(random() % kTop, 1 + random() % kMaxEncodableSize,
                   random() % 2 != 0);
  }
}

TEST_CASE("boundary watchpoints come out as they went in") {
  for (const uintptr_t address : BoundaryAddresses()) {
    for (const size_t size : kBoundarySizes) {
      CheckRoundTrip(address, size, false);
      CheckRoundTrip(address, size, true);
    }
  }
}

TEST_CASE("the words that are no watchpoint decode to nothing") {
  DecodedWatchpoint decoded = {};
  CHECK_FALSE(DecodeWatchpoint(kInvalidWatchpoint, &decoded));
  CHECK_FALSE(DecodeWatchpoint(kConsumedWatchpoint, &decoded));
  // And match nothing, not even an access to their own bits.
  for (const bool is_write : {false, true}) {
    CHECK_FALSE(Matches(kInvalidWatchpoint, 0, 8, is_write));
    CHECK_FALSE(Matches(kConsumedWatchpoint, 0, 8, is_write));
    CHECK_FALSE(Matches(kConsumedWatchpoint, 1, 1, is_write));
  }
}

TEST_CASE("what can be encoded") {
  CHECK_FALSE(IsEncodable(0, 1));
  CHECK_FALSE(IsEncodable(kPageSize - 1, 1));
  CHECK(IsEncodable(kPageSize, 1));
  CHECK_FALSE(IsEncodable(kPageSize, 0));
  CHECK(IsEncodable(kPageSize, kMaxEncodableSize));
  CHECK_FALSE(IsEncodable(kPageSize, kMaxEncodableSize + 1));
  CHECK_FALSE(IsEncodable(kPageSize, SIZE_MAX));
  CHECK(IsEncodable(UINTPTR_MAX, 1));
}

// The definition: a byte in common (of the low 49 bits), and one of them
// writes.
bool Oracle(uintptr_t watched, size_t watched_size, bool watched_writes,
            uintptr_t address, size_t size, bool is_write) {
  if (!watched_writes && !is_write) return false;
  const uintptr_t a = watched & kAddressMask;
  const uintptr_t b = address & kAddressMask;
  for (uintptr_t byte = b; byte < b + size; ++byte) {
    if (byte >= a && byte < a + watched_size) return true;
  }
  return false;
}

TEST_CASE("matching is exact overlap and at least one write") {
  std::mt19937_64 random(2);
  int matches = 0;
  for (int i = 0; i < 20000; ++i) {
    const uintptr_t watched = kPageSize + random() % (kTop / 2);
    const size_t watched_size =
        i % 2 ? 1 + random() % 16 : 1 + random() % kMaxEncodableSize;
    const size_t size = 1 + random() % 16;
    // Near one of the watched range's ends, on either side of it.
    const uintptr_t address =
        watched + (random() % 2 ? watched_size : 0) + random() % 40 - 20;
    const bool watched_writes = random() % 2 != 0;
    const bool is_write = random() % 2 != 0;
    CAPTURE(watched);
    CAPTURE(watched_size);
    CAPTURE(address);
    CAPTURE(size);
    const bool expected =
        Oracle(watched, watched_size, watched_writes, address, size, is_write);
    REQUIRE(Matches(EncodeWatchpoint(watched, watched_size, watched_writes),
                    address, size, is_write) == expected);
    matches += expected;
  }
  // The inputs were worth the while.
  CHECK(matches > 5000);
  CHECK(matches < 15000);
}

TEST_CASE("addresses that differ above bit 48 share an encoding") {
  const uintptr_t low = 0x7fff12345678;
  const uintptr_t high = low + kTop;
  CHECK(EncodeWatchpoint(low, 8, true) == EncodeWatchpoint(high, 8, true));
  CHECK(Matches(EncodeWatchpoint(low, 8, true), high, 8, false));
}

TEST_CASE("tags are taken off where the CPU ignores them") {
#if defined(__aarch64__)
  CHECK(Untag(0xab00123456789abc) == 0x0000123456789abc);
#else
  CHECK(Untag(0xab00123456789abc) == 0xab00123456789abc);
#endif
}

}  // namespace
}  // namespace core
}  // namespace kcsan
