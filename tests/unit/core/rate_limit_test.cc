// SPDX-License-Identifier: Apache-2.0
//
// One pair of places, one report in the interval.

#include "kcsan/core/rate_limit.h"

#include <cstdint>

#include "doctest/doctest.h"

namespace kcsan {
namespace core {
namespace {

constexpr uint64_t kInterval = 3000;

// Large, so not on the stack.
RateLimiter g_limiter;

RateLimiter* Fresh() {
  ClearRateLimiter(&g_limiter);
  return &g_limiter;
}

TEST_CASE("a pair is reported once in an interval") {
  RateLimiter* const limiter = Fresh();
  CHECK(AllowReport(limiter, 10, 20, 100, kInterval));
  CHECK_FALSE(AllowReport(limiter, 10, 20, 100, kInterval));
  CHECK_FALSE(AllowReport(limiter, 10, 20, 100 + kInterval - 1, kInterval));
  CHECK(AllowReport(limiter, 10, 20, 100 + kInterval, kInterval));
  // Counted from the last report that was made.
  CHECK_FALSE(AllowReport(limiter, 10, 20, 100 + 2 * kInterval - 1, kInterval));
  CHECK(AllowReport(limiter, 10, 20, 100 + 2 * kInterval, kInterval));
}

TEST_CASE("the pair has no order, and both places count") {
  RateLimiter* const limiter = Fresh();
  CHECK(AllowReport(limiter, 10, 20, 0, kInterval));
  CHECK_FALSE(AllowReport(limiter, 20, 10, 1, kInterval));
  CHECK(AllowReport(limiter, 10, 21, 1, kInterval));
  CHECK(AllowReport(limiter, 11, 20, 1, kInterval));
  CHECK(AllowReport(limiter, 10, 10, 1, kInterval));
  CHECK(AllowReport(limiter, 20, 20, 1, kInterval));
}

TEST_CASE("a race of unknown origin is a pair with nowhere") {
  RateLimiter* const limiter = Fresh();
  CHECK(AllowReport(limiter, 10, 0, 0, kInterval));
  CHECK_FALSE(AllowReport(limiter, 10, 0, 1, kInterval));
  CHECK(AllowReport(limiter, 10, 20, 1, kInterval));
  CHECK(AllowReport(limiter, 20, 0, 1, kInterval));
}

TEST_CASE("a report that was timed before the last one is no later one") {
  RateLimiter* const limiter = Fresh();
  // Two threads find the same race; the one that read the clock first comes
  // second to the table.
  CHECK(AllowReport(limiter, 10, 20, 1000, kInterval));
  CHECK_FALSE(AllowReport(limiter, 10, 20, 999, kInterval));
}

TEST_CASE("without an interval everything is reported") {
  RateLimiter* const limiter = Fresh();
  for (int i = 0; i < 5; ++i) CHECK(AllowReport(limiter, 10, 20, 0, 0));
}

TEST_CASE("170 pairs are remembered, and then the oldest is forgotten") {
  RateLimiter* const limiter = Fresh();
  const int capacity = RateLimiter::kCapacity;
  CHECK(capacity == 170);
  for (int i = 0; i < capacity; ++i) {
    REQUIRE(AllowReport(limiter, 1000, 2000u + i, 100u + i, kInterval));
  }
  for (int i = 0; i < capacity; ++i) {
    REQUIRE_FALSE(AllowReport(limiter, 1000, 2000u + i, 300, kInterval));
  }
  CHECK(AllowReport(limiter, 1000, 5000, 301, kInterval));
  // Only the first is gone; asking for it takes the place of the second.
  for (int i = 1; i < capacity; ++i) {
    REQUIRE_FALSE(AllowReport(limiter, 1000, 2000u + i, 302, kInterval));
  }
  CHECK(AllowReport(limiter, 1000, 2000, 303, kInterval));
  CHECK(AllowReport(limiter, 1000, 2001, 304, kInterval));
  CHECK_FALSE(AllowReport(limiter, 1000, 5000, 305, kInterval));
}

TEST_CASE("a lock that is never given back costs a report too many, no hang") {
  RateLimiter* const limiter = Fresh();
  CHECK(AllowReport(limiter, 10, 20, 0, kInterval));
  limiter->lock = 1;
  CHECK(AllowReport(limiter, 10, 20, 1, kInterval));
  ClearRateLimiter(limiter);
  CHECK(limiter->lock == 0);
  CHECK(AllowReport(limiter, 10, 20, 2, kInterval));
  CHECK_FALSE(AllowReport(limiter, 10, 20, 3, kInterval));
}

}  // namespace
}  // namespace core
}  // namespace kcsan
