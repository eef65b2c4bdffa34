// SPDX-License-Identifier: Apache-2.0
//
// Which plain accesses are watched, and for how long. State of one thread; time
// comes in as an argument, so all of it is tested without a clock.
//
// sampling=count is the kernel's way: one in every skip_watch.
//
// sampling=budget serves programs with few told accesses and programs with many
// alike: after a stall of d, the thread is left alone for
// d * (100 - overhead) / overhead, and the first access after that is watched.
// Because reading the clock costs more than an access, the accesses in between
// are skipped by count, estimated from the thread's recent rate. The estimate
// is trusted only by and by: a thread that makes ten accesses for each request,
// all at once, would else skip hundreds of requests because of the pace of one.

#ifndef KCSAN_CORE_SAMPLER_H_
#define KCSAN_CORE_SAMPLER_H_

#include <stdint.h>

#include "kcsan/core/definitions.h"
#include "kcsan/core/options.h"
#include "kcsan/core/random.h"

namespace kcsan {
namespace core {

struct Sampler {
  Random random;
  // The skip that was handed out last, and when; for reads and for writes.
  struct Pace {
    uint32_t last_skip;
    uint64_t last_ns;
  };
  Pace pace[2];
  // No stall before this. 0: at once.
  uint64_t quiet_until_ns;
};

// Uniform in [1, value]; 0 for 0.
KCSAN_INLINE uint32_t RandomizeUpTo(Random* random, uint32_t value) {
  return value == 0 ? 0 : 1 + RandomBelow(random, value);
}

KCSAN_INLINE uint32_t FixedSkip(Sampler* sampler, const Options& options) {
  return options.skip_watch_randomize
             ? RandomizeUpTo(&sampler->random, options.skip_watch)
             : options.skip_watch;
}

// The count is signed, and has to be below zero one day.
constexpr uint64_t kMaxSkip = 1000000000;

// While nothing is to be watched (overhead=0), how often a thread asks whether
// that is still so: about once in this time, and at least once in so many
// skips.
constexpr uint64_t kIdleNs = 1000 * 1000;
constexpr uint64_t kMaxIdleSkips = 16;

// Accesses to let pass until the quiet time is over, at the rate of late; at
// the most some four times as many as last time, and `max_skip`.
KCSAN_INLINE uint32_t EstimatedSkip(Sampler* sampler, int kind,
                                    const Options& options, uint64_t now_ns,
                                    uint64_t max_skip) {
  if (now_ns >= sampler->quiet_until_ns) return 0;
  // In integers, because floating point has flags, and traps, that belong to
  // the program. At most 10^9 + 1 times 2^33 (some eight seconds), so no
  // overflow.
  constexpr uint64_t kMaxQuietNs = uint64_t{1} << 33;
  const Sampler::Pace& pace = sampler->pace[kind];
  const uint64_t elapsed_ns = now_ns - pace.last_ns + 1;
  uint64_t quiet_ns = sampler->quiet_until_ns - now_ns;
  if (quiet_ns > kMaxQuietNs) quiet_ns = kMaxQuietNs;
  const uint64_t last = uint64_t{pace.last_skip} + 1;
  uint64_t skip = elapsed_ns == 0 ? 0 : last * quiet_ns / elapsed_ns;
  if (skip > 4 * last) skip = 4 * last;
  if (skip > max_skip) skip = max_skip;
  if (skip > kMaxSkip) skip = kMaxSkip;
  return options.skip_watch_randomize
             ? RandomizeUpTo(&sampler->random, static_cast<uint32_t>(skip))
             : static_cast<uint32_t>(skip);
}

// The skip count of reads (`kind` 0) or writes (1) has run out: is this access
// to be watched? Sets `*skip` to the number of accesses until the question is
// asked again.
KCSAN_INLINE bool DecideSample(Sampler* sampler, int kind,
                               const Options& options, uint64_t now_ns,
                               uint32_t* skip) {
  bool sample = true;
  if (options.sampling == kSamplingCount) {
    *skip = FixedSkip(sampler, options);
  } else if (options.overhead == 0) {
    sampler->quiet_until_ns = now_ns + kIdleNs;
    *skip = EstimatedSkip(sampler, kind, options, now_ns,
                          options.skip_watch * kMaxIdleSkips);
    sample = false;
  } else {
    sample = now_ns >= sampler->quiet_until_ns;
    // After a sample the stall decides anew; see EndStall().
    *skip = sample ? 0
                   : EstimatedSkip(sampler, kind, options, now_ns,
                                   options.skip_watch);
  }
  sampler->pace[kind] = Sampler::Pace{*skip, now_ns};
  return sample;
}

// A stall that began at `begin_ns` is over: sets the quiet time that pays for
// it. The random factor, 0.5 to 1.5, keeps the samples out of step with loops
// and does not change the mean.
KCSAN_INLINE void EndStall(Sampler* sampler, int kind, const Options& options,
                           uint64_t begin_ns, uint64_t now_ns) {
  sampler->pace[kind].last_ns = now_ns;
  if (options.sampling != kSamplingBudget || options.overhead == 0 ||
      options.overhead >= 100) {
    sampler->quiet_until_ns = 0;
    return;
  }
  const uint64_t stalled_ns = now_ns - begin_ns;
  const uint64_t quiet_ns =
      stalled_ns * (100 - options.overhead) / options.overhead;
  sampler->quiet_until_ns =
      now_ns + quiet_ns / 2 +
      ((quiet_ns >> 10) * RandomBelow(&sampler->random, 1024));
}

// How long to stall, in nanoseconds. Claims and read-modify-writes get the
// upper half: they are rarer, and worth it.
KCSAN_INLINE uint64_t StallLength(Sampler* sampler, const Options& options,
                                  bool is_assert_or_compound) {
  const uint64_t max_ns = uint64_t{options.udelay} * 1000;
  if (!options.delay_randomize || max_ns == 0) return max_ns;
  const uint64_t min_ns = is_assert_or_compound ? max_ns / 2 : 0;
  const uint32_t range_ns = static_cast<uint32_t>(max_ns - min_ns);
  return min_ns + RandomizeUpTo(&sampler->random, range_ns);
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_SAMPLER_H_
