// SPDX-License-Identifier: Apache-2.0
//
// Random numbers good enough to pick victims: never stuck, within bounds, and
// evenly spread.

#include "kcsan/core/random.h"

#include <cstdint>
#include <initializer_list>
#include <set>

#include "doctest/doctest.h"

namespace kcsan {
namespace core {
namespace {

TEST_CASE("no seed leads to the state that xorshift never leaves") {
  for (uint64_t seed = 0; seed < 10000; ++seed) {
    Random random = {};
    SeedRandom(&random, seed);
    REQUIRE(random.state != 0);
    for (int i = 0; i < 10; ++i) REQUIRE(NextRandom(&random) != 0);
  }
  Random random = {};
  SeedRandom(&random, UINT64_MAX);
  CHECK(random.state != 0);
}

TEST_CASE("the same seed gives the same numbers, another one others") {
  Random a = {};
  Random b = {};
  Random c = {};
  SeedRandom(&a, 5);
  SeedRandom(&b, 5);
  SeedRandom(&c, 6);
  int equal_to_c = 0;
  for (int i = 0; i < 1000; ++i) {
    const uint32_t number = NextRandom(&a);
    REQUIRE(number == NextRandom(&b));
    equal_to_c += number == NextRandom(&c);
  }
  CHECK(equal_to_c == 0);
}

TEST_CASE("neighbouring seeds start far apart") {
  std::set<uint32_t> first_numbers;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    Random random = {};
    SeedRandom(&random, seed);
    first_numbers.insert(RandomBelow(&random, 1 << 20));
  }
  CHECK(first_numbers.size() > 990);
}

TEST_CASE("numbers below a bound are below it, and reach both ends") {
  Random random = {};
  SeedRandom(&random, 1);
  CHECK(RandomBelow(&random, 0) == 0);
  CHECK(RandomBelow(&random, 1) == 0);
  for (const uint32_t bound : {2u, 3u, 10u, 4000u}) {
    uint32_t low = UINT32_MAX;
    uint32_t high = 0;
    for (int i = 0; i < 100000; ++i) {
      const uint32_t number = RandomBelow(&random, bound);
      if (number < low) low = number;
      if (number > high) high = number;
    }
    CAPTURE(bound);
    CHECK(low == 0);
    CHECK(high == bound - 1);
  }
}

TEST_CASE("numbers below a bound are evenly spread") {
  Random random = {};
  SeedRandom(&random, 1);
  constexpr int kBins = 10;
  constexpr int kDraws = 100000;
  int bins[kBins] = {};
  for (int i = 0; i < kDraws; ++i) ++bins[RandomBelow(&random, kBins)];
  // The standard deviation of a bin is 95; six of them.
  for (const int bin : bins) {
    CHECK(bin > kDraws / kBins - 570);
    CHECK(bin < kDraws / kBins + 570);
  }
}

}  // namespace
}  // namespace core
}  // namespace kcsan
