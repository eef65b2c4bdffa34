// SPDX-License-Identifier: Apache-2.0
//
// A thread's own random numbers: xorshift, 32 bits of state, no multiplication
// by zero states. Good enough to pick victims, and nothing else.

#ifndef KCSAN_CORE_RANDOM_H_
#define KCSAN_CORE_RANDOM_H_

#include <stdint.h>

#include "kcsan/core/definitions.h"

namespace kcsan {
namespace core {

struct Random {
  uint32_t state;  // never 0 once seeded
};

KCSAN_INLINE void SeedRandom(Random* random, uint64_t seed) {
  // Spread neighbouring seeds (thread ids) over the word.
  seed += 0x9e3779b97f4a7c15u;
  seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9u;
  seed = (seed ^ (seed >> 27)) * 0x94d049bb133111ebu;
  random->state = static_cast<uint32_t>(seed >> 32) | 1;
}

KCSAN_INLINE uint32_t NextRandom(Random* random) {
  uint32_t x = random->state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  random->state = x;
  return x;
}

// Uniform in [0, bound), 0 for bound 0. The product's high half: no division.
KCSAN_INLINE uint32_t RandomBelow(Random* random, uint32_t bound) {
  return static_cast<uint32_t>(
      (static_cast<uint64_t>(NextRandom(random)) * bound) >> 32);
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_RANDOM_H_
