// SPDX-License-Identifier: Apache-2.0
//
// Which accesses are watched, and for how long: whole streams of accesses, from
// 10 to 10^8 a second, simulated without a clock and without a thread.

#include "kcsan/core/sampler.h"

#include <cfenv>
#include <cstdint>
#include <functional>
#include <initializer_list>

#include "doctest/doctest.h"

namespace kcsan {
namespace core {
namespace {

constexpr uint64_t kSecond = 1000000000;

// When the n-th access of a stream comes, if no stall delays it.
using Stream = std::function<uint64_t(uint64_t n)>;

Stream Steady(uint64_t per_second) {
  return [per_second](uint64_t n) { return n * kSecond / per_second; };
}

// `burst` accesses 100 ns apart, then `lull_ns` of nothing, and again.
Stream Bursts(uint64_t burst, uint64_t lull_ns) {
  return [=](uint64_t n) { return n * 100 + n / burst * lull_ns; };
}

struct Outcome {
  uint64_t duration_ns = 0;
  uint64_t stalled_ns = 0;
  uint64_t accesses = 0;
  uint64_t looks = 0;  // at the clock
  uint64_t samples = 0;
  double Percent() const {
    return 100 * static_cast<double>(stalled_ns) /
           static_cast<double>(duration_ns);
  }
};

// Does to the sampler what the slow path does. Skipped accesses cost no time
// here, so streams of any rate are cheap.
Outcome Simulate(const Options& options, const Stream& stream,
                 uint64_t duration_ns) {
  Sampler sampler = {};
  SeedRandom(&sampler.random, 1);
  const uint64_t begin_ns = 5 * kSecond;
  Outcome outcome;
  uint64_t n = 0;
  uint64_t now_ns = begin_ns;
  while (now_ns - begin_ns < duration_ns) {
    ++outcome.looks;
    uint32_t skip = 0;
    if (DecideSample(&sampler, /*kind=*/0, options, now_ns, &skip)) {
      ++outcome.samples;
      const uint64_t stall_ns = StallLength(&sampler, options, false);
      EndStall(&sampler, /*kind=*/0, options, now_ns, now_ns + stall_ns);
      outcome.stalled_ns += stall_ns;
      now_ns += stall_ns;
    }
    n += skip + 1;
    now_ns = begin_ns + stream(n) + outcome.stalled_ns;
  }
  outcome.accesses = n;
  outcome.duration_ns = now_ns - begin_ns;
  return outcome;
}

Options Budget(uint32_t overhead) {
  Options options;
  options.sampling = kSamplingBudget;
  options.overhead = overhead;
  return options;
}

// The bounds that docs/ promise: never more than the budget (and a tenth of it,
// for the randomness of finite runs), and most of it wherever the accesses come
// often enough to use it.
TEST_CASE("steady streams of any rate are stalled as the budget says") {
  for (const uint32_t overhead : {1u, 5u, 20u, 50u}) {
    for (const uint64_t rate : {uint64_t{100000}, uint64_t{1000000},
                                uint64_t{10000000}, uint64_t{100000000}}) {
      const Outcome outcome =
          Simulate(Budget(overhead), Steady(rate), 10 * kSecond);
      CAPTURE(overhead);
      CAPTURE(rate);
      CHECK(outcome.Percent() <= overhead * 1.1);
      CHECK(outcome.Percent() >= overhead * 0.7);
    }
  }
}

TEST_CASE("where accesses are rare, most of them are watched") {
  for (const uint32_t overhead : {1u, 20u, 100u}) {
    // A stall pays for itself in 8 ms at the most; these come every 100 ms.
    const Outcome outcome =
        Simulate(Budget(overhead), Steady(10), 100 * kSecond);
    CHECK(outcome.samples == outcome.looks);
    CHECK(outcome.samples >= outcome.accesses - 1);
  }
  const Outcome outcome = Simulate(Budget(20), Steady(10000), 10 * kSecond);
  CHECK(outcome.Percent() <= 22);
  CHECK(outcome.Percent() >= 10);
}

TEST_CASE("an overhead of 0 watches nothing, and looks seldom") {
  for (const uint64_t rate : {100000, 100000000, 1000000000}) {
    const Outcome outcome = Simulate(Budget(0), Steady(rate), kSecond);
    CHECK(outcome.samples == 0);
    // Some twice a millisecond, and once in 20000 at the least.
    CHECK(outcome.looks <= 3000 + outcome.accesses / 20000);
    CHECK(outcome.looks >= 500);
  }
}

TEST_CASE("bursts do not break the budget") {
  for (const uint32_t overhead : {1u, 5u, 20u, 50u}) {
    for (const uint64_t burst : {10, 1000, 20000, 1000000}) {
      const Outcome outcome = Simulate(
          Budget(overhead), Bursts(burst, kSecond / 100), 20 * kSecond);
      CAPTURE(overhead);
      CAPTURE(burst);
      CHECK(outcome.Percent() <= overhead * 1.1);
      // Each burst could be paid for before the next; the estimate must not be
      // carried away by the pace within one.
      CHECK(outcome.samples >=
            outcome.duration_ns / (kSecond / 100 + burst * 100) / 3);
    }
  }
}

TEST_CASE("the clock is read seldom in a busy stream") {
  const Outcome busy = Simulate(Budget(5), Steady(100000000), kSecond);
  CHECK(busy.looks < busy.accesses / 500);
  // Also where it is the budget, not the rate, that makes the skips long.
  const Outcome slower = Simulate(Budget(1), Steady(1000000), 10 * kSecond);
  CHECK(slower.looks < slower.accesses / 100);
}

TEST_CASE("after a busy second, no more than skip_watch accesses pass unseen") {
  Options options = Budget(5);
  options.skip_watch = 4000;
  const uint64_t busy = 10000000;
  const Stream stream = [](uint64_t n) {
    return n < busy ? n * 100 : kSecond + (n - busy) * kSecond / 10;
  };
  const Outcome outcome = Simulate(options, stream, 1001 * kSecond);
  // 10,000 slow accesses, each of which the budget allows to be watched.
  const Outcome fast_only = Simulate(options, stream, kSecond);
  CHECK(outcome.samples - fast_only.samples >= 10000 - 4000 - 2);
}

TEST_CASE("an overhead of 100 watches everything") {
  const Outcome outcome = Simulate(Budget(100), Steady(1000000), kSecond);
  CHECK(outcome.samples == outcome.accesses);
  CHECK(outcome.Percent() > 95);
}

TEST_CASE("after a stall the quiet time pays for it, 0.5 to 1.5 times") {
  const Options options = Budget(20);
  Sampler sampler = {};
  SeedRandom(&sampler.random, 1);
  const uint64_t stall_ns = 100000;
  const uint64_t price_ns = 4 * stall_ns;
  uint64_t least = UINT64_MAX;
  uint64_t most = 0;
  uint64_t sum = 0;
  const int kRounds = 10000;
  for (int i = 0; i < kRounds; ++i) {
    EndStall(&sampler, /*kind=*/0, options, kSecond, kSecond + stall_ns);
    const uint64_t quiet_ns = sampler.quiet_until_ns - kSecond - stall_ns;
    if (quiet_ns < least) least = quiet_ns;
    if (quiet_ns > most) most = quiet_ns;
    sum += quiet_ns;
  }
  CHECK(least >= price_ns / 2);
  CHECK(least < price_ns * 51 / 100);
  CHECK(most <= price_ns * 3 / 2);
  CHECK(most > price_ns * 149 / 100);
  CHECK(sum / kRounds > price_ns * 98 / 100);
  CHECK(sum / kRounds < price_ns * 102 / 100);
}

TEST_CASE("nothing is sampled before the quiet time is over, then at once") {
  const Options options = Budget(20);
  Sampler sampler = {};
  SeedRandom(&sampler.random, 1);
  EndStall(&sampler, /*kind=*/0, options, kSecond, kSecond + 1000);
  const uint64_t until_ns = sampler.quiet_until_ns;
  uint32_t skip = 0;
  CHECK_FALSE(DecideSample(&sampler, /*kind=*/0, options, until_ns - 1, &skip));
  CHECK(DecideSample(&sampler, /*kind=*/0, options, until_ns, &skip));
  CHECK(skip == 0);
}

TEST_CASE("a clock that stands still or runs backwards does no harm") {
  const Options options = Budget(20);
  Sampler sampler = {};
  SeedRandom(&sampler.random, 1);
  EndStall(&sampler, /*kind=*/0, options, kSecond, kSecond + 1000000);
  for (const uint64_t now_ns : {kSecond, kSecond / 2, uint64_t{0}}) {
    uint32_t skip = UINT32_MAX;
    CHECK_FALSE(DecideSample(&sampler, /*kind=*/0, options, now_ns, &skip));
    CHECK(skip <= options.skip_watch);
  }
}

TEST_CASE("extreme rates and quiet times do not overflow") {
  Options options = Budget(1);
  options.skip_watch = 1000000000;
  options.skip_watch_randomize = false;
  Sampler sampler = {};
  sampler.pace[0].last_skip = options.skip_watch;
  sampler.pace[0].last_ns = kSecond;
  sampler.quiet_until_ns = UINT64_MAX;
  uint32_t skip = 0;
  CHECK_FALSE(DecideSample(&sampler, /*kind=*/0, options, kSecond, &skip));
  CHECK(skip == options.skip_watch);
  options.overhead = 0;
  DecideSample(&sampler, /*kind=*/0, options, kSecond, &skip);
  CHECK(skip <= INT32_MAX);
  options.overhead = 1;
  // The accesses of late were far apart: the next look is at the next one.
  sampler.quiet_until_ns = 10 * kSecond + 1;
  sampler.pace[0].last_skip = 0;
  CHECK_FALSE(DecideSample(&sampler, /*kind=*/0, options, 10 * kSecond, &skip));
  CHECK(skip == 0);
}

TEST_CASE("the program's floating-point flags are its own") {
  const Options options = Budget(1);
  Sampler sampler = {};
  SeedRandom(&sampler.random, 1);
  EndStall(&sampler, /*kind=*/0, options, kSecond, kSecond + 1000000);
  std::feclearexcept(FE_ALL_EXCEPT);
  for (uint64_t i = 0; i < 1000; ++i) {
    uint32_t skip = 0;
    DecideSample(&sampler, /*kind=*/0, options, kSecond + i * 77777, &skip);
    StallLength(&sampler, options, false);
  }
  CHECK(std::fetestexcept(FE_ALL_EXCEPT) == 0);
}

Options Count(uint32_t skip_watch, bool randomize) {
  Options options;
  options.sampling = kSamplingCount;
  options.skip_watch = skip_watch;
  options.skip_watch_randomize = randomize;
  return options;
}

TEST_CASE("by count, a fixed distance is exact") {
  for (const uint32_t skip_watch : {0u, 1u, 4000u}) {
    Sampler sampler = {};
    uint32_t skip = UINT32_MAX;
    for (int i = 0; i < 100; ++i) {
      REQUIRE(DecideSample(&sampler, /*kind=*/0, Count(skip_watch, false), 0,
                           &skip));
      REQUIRE(skip == skip_watch);
    }
  }
}

TEST_CASE("by count, a random distance is uniform from 1 to its value") {
  const Options options = Count(4000, true);
  Sampler sampler = {};
  SeedRandom(&sampler.random, 1);
  uint32_t least = UINT32_MAX;
  uint32_t most = 0;
  uint64_t sum = 0;
  const int kRounds = 100000;
  for (int i = 0; i < kRounds; ++i) {
    uint32_t skip = 0;
    REQUIRE(DecideSample(&sampler, /*kind=*/0, options, 0, &skip));
    if (skip < least) least = skip;
    if (skip > most) most = skip;
    sum += skip;
  }
  CHECK(least == 1);
  CHECK(most == 4000);
  // The mean's standard deviation is 3.7; six of them.
  CHECK(sum / kRounds >= 1978);
  CHECK(sum / kRounds <= 2023);
}

TEST_CASE("by count, the overhead option and the stalls say nothing") {
  Options options = Count(10, false);
  options.overhead = 0;
  Sampler sampler = {};
  SeedRandom(&sampler.random, 1);
  uint32_t skip = 0;
  EndStall(&sampler, /*kind=*/0, options, 0, kSecond);
  CHECK(DecideSample(&sampler, /*kind=*/0, options, 1, &skip));
}

struct Range {
  uint64_t least = UINT64_MAX;
  uint64_t most = 0;
};

Range StallRange(const Options& options, bool is_assert_or_compound) {
  Sampler sampler = {};
  SeedRandom(&sampler.random, 1);
  Range range;
  for (int i = 0; i < 20000; ++i) {
    const uint64_t ns = StallLength(&sampler, options, is_assert_or_compound);
    if (ns < range.least) range.least = ns;
    if (ns > range.most) range.most = ns;
  }
  return range;
}

TEST_CASE("a stall is as long as its option, or random up to it") {
  Options options;
  options.udelay = 80;
  const Range plain = StallRange(options, false);
  CHECK(plain.least >= 1);
  CHECK(plain.least < 200);
  CHECK(plain.most <= 80000);
  CHECK(plain.most > 79800);
  // Claims and read-modify-writes get the upper half.
  const Range claim = StallRange(options, true);
  CHECK(claim.least > 40000);
  CHECK(claim.least < 40200);
  CHECK(claim.most <= 80000);
  CHECK(claim.most > 79800);
  options.delay_randomize = false;
  for (const bool is_claim : {false, true}) {
    CHECK(StallRange(options, is_claim).least == 80000);
    CHECK(StallRange(options, is_claim).most == 80000);
  }
}

TEST_CASE("stalls of no length and of the greatest") {
  Options options;
  options.udelay = 0;
  CHECK(StallRange(options, false).most + StallRange(options, true).most == 0);
  options.udelay = 1000000;
  CHECK(StallRange(options, false).most <= kSecond);
  CHECK(StallRange(options, false).most > kSecond / 100 * 99);
  CHECK(StallRange(options, true).least >= kSecond / 2);
}

}  // namespace
}  // namespace core
}  // namespace kcsan
