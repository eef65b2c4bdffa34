// SPDX-License-Identifier: Apache-2.0
//
// once_memcpy() copies what memcpy() does, from and to any address, and copies
// aligned objects whole.

#include "kcsan/annotations/once_memcpy.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>

#include "doctest/doctest.h"

namespace {

constexpr std::size_t kSize = 64;

void Fill(unsigned char* bytes, int seed) {
  for (std::size_t i = 0; i < kSize; ++i) {
    bytes[i] = static_cast<unsigned char>(seed + 7 * static_cast<int>(i));
  }
}

TEST_CASE("every offset, every length, and not a byte more") {
  alignas(8) unsigned char shared[kSize], own[kSize], expected[kSize];
  for (std::size_t offset = 0; offset < 9; ++offset) {
    for (std::size_t own_offset : {0u, 1u, 4u}) {
      for (std::size_t n = 0; n <= 40; ++n) {
        Fill(shared, 1);
        Fill(own, 2);
        std::copy(own, own + kSize, expected);
        std::memcpy(expected + own_offset, shared + offset, n);
        once_memcpy(own + own_offset, shared + offset, n);
        REQUIRE(std::memcmp(own, expected, kSize) == 0);

        Fill(own, 3);
        std::copy(shared, shared + kSize, expected);
        std::memcpy(expected + offset, own + own_offset, n);
        once_memcpy_to(shared + offset, own + own_offset, n);
        REQUIRE(std::memcmp(shared, expected, kSize) == 0);
      }
    }
  }
}

struct Values {
  std::uint8_t a;
  std::uint32_t b;
  std::uint16_t c;
  std::uint64_t d;
};

TEST_CASE("typed pointers, const and volatile") {
  const Values shared = {1, 2, 3, 4};
  const volatile Values* source = &shared;
  Values own = {};
  once_memcpy(&own, source, sizeof(own));
  CHECK(own.b == 2);
  CHECK(own.d == 4);
  volatile Values target = {};
  once_memcpy_to(&target, &own, sizeof(own));
  CHECK(target.c == 3);
  const void* untyped = &shared;
  std::uint32_t part = 0;
  once_memcpy(&part, static_cast<const char*>(untyped) + offsetof(Values, b),
              sizeof(part));
  CHECK(part == 2);
  KCSAN_ONCE_MEMCPY(&part, untyped, 1);
  KCSAN_ONCE_MEMCPY_TO(&target, &own, sizeof(own));
}

// Lies 4 bytes off an 8-byte boundary, so that a copy in blind steps of 8 would
// cut each member in two.
struct alignas(8) Shifted {
  std::uint32_t pad;
  std::uint32_t words[4];
  std::uint16_t halves[2];
};

// Writes words with equal halves, while copies are made: no copy may hold a
// word of two different halves. Goes on until many copies were different, so
// that the two really ran at the same time, or for `patience`.
template <typename Copy>
int CountTorn(const Copy& copy, std::chrono::seconds patience) {
  constexpr int kEnoughChanges = 20000;
  Shifted shared = {};
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    std::uint32_t n = 0;
    do {
      ++n;
      for (std::uint32_t& word : shared.words) {
        __atomic_store_n(&word, (n & 0xffff) * 0x10001, __ATOMIC_RELAXED);
      }
    } while (!stop);
  });
  const auto end = std::chrono::steady_clock::now() + patience;
  int torn = 0, changes = 0;
  std::uint32_t last = 0;
  while (changes < kEnoughChanges &&
         ((changes & 255) != 0 || std::chrono::steady_clock::now() < end)) {
    std::uint32_t words[4];
    copy(words, &shared.words, sizeof(words));
    for (const std::uint32_t word : words) {
      if ((word & 0xffff) != word >> 16) ++torn;
    }
    if (words[0] != last) ++changes;
    last = words[0];
  }
  stop = true;
  writer.join();
  return torn;
}

TEST_CASE("an aligned object is copied in one piece") {
  CHECK(CountTorn([](void* own, const void* shared,
                     std::size_t n) { once_memcpy(own, shared, n); },
                  std::chrono::seconds(2)) == 0);
}

}  // namespace
