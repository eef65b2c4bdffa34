// SPDX-License-Identifier: Apache-2.0
//
// One pair of places is reported once in a while, not a thousand times. The
// pair is unordered; the table remembers the last 170.

#ifndef KCSAN_CORE_RATE_LIMIT_H_
#define KCSAN_CORE_RATE_LIMIT_H_

#include <stdint.h>

#include "kcsan/core/definitions.h"

namespace kcsan {
namespace core {

struct RateLimiter {
  struct Entry {
    uint64_t time_ns;
    uintptr_t low_pc;
    uintptr_t high_pc;  // 0: free
  };
  enum : int { kCapacity = 170 };

  uint32_t lock;
  Entry entries[kCapacity];
};

// May a report on this pair be made at `now_ns`? If so, it is remembered. A
// race of unknown origin has 0 for its second place. `interval_ns` 0: always.
bool AllowReport(RateLimiter* limiter, uintptr_t pc1, uintptr_t pc2,
                 uint64_t now_ns, uint64_t interval_ns);

// Forgets everything: tests, and a forked child.
void ClearRateLimiter(RateLimiter* limiter);

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_RATE_LIMIT_H_
