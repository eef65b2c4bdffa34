// SPDX-License-Identifier: Apache-2.0
//
// Counts of what the detector did. See counters.inc.

#ifndef KCSAN_CORE_COUNTERS_H_
#define KCSAN_CORE_COUNTERS_H_

#include <stdint.h>

#include "kcsan/core/definitions.h"

namespace kcsan {

enum class Counter : int {
#define KCSAN_COUNTER(name, sentence) name,
#include "kcsan/core/counters.inc"
#undef KCSAN_COUNTER
};

enum : int {
  kNumCounters = 0
#define KCSAN_COUNTER(name, sentence) +1
#include "kcsan/core/counters.inc"
#undef KCSAN_COUNTER
};

namespace core {

extern uint64_t g_counters[kNumCounters];

// Relaxed: counters order nothing.
KCSAN_INLINE void Count(Counter counter) {
  __atomic_fetch_add(&g_counters[static_cast<int>(counter)], 1,
                     __ATOMIC_RELAXED);
}

KCSAN_INLINE void Uncount(Counter counter) {
  __atomic_fetch_sub(&g_counters[static_cast<int>(counter)], 1,
                     __ATOMIC_RELAXED);
}

KCSAN_INLINE uint64_t ReadCounter(Counter counter) {
  return __atomic_load_n(&g_counters[static_cast<int>(counter)],
                         __ATOMIC_RELAXED);
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_COUNTERS_H_
