// SPDX-License-Identifier: Apache-2.0

#include "kcsan/core/rate_limit.h"

namespace kcsan {
namespace core {
namespace {

// Bounded: a report too many is better than a thread that hangs because the
// lock's holder is stopped.
bool Lock(RateLimiter* limiter) {
  for (int i = 0; i < 100000; ++i) {
    uint32_t expected = 0;
    // Acquire and release below: the entries belong to the holder.
    if (__atomic_compare_exchange_n(&limiter->lock, &expected, 1,
                                    /*weak=*/true, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED)) {
      return true;
    }
  }
  return false;
}

void Unlock(RateLimiter* limiter) {
  __atomic_store_n(&limiter->lock, 0, __ATOMIC_RELEASE);
}

}  // namespace

bool AllowReport(RateLimiter* limiter, uintptr_t pc1, uintptr_t pc2,
                 uint64_t now_ns, uint64_t interval_ns) {
  if (interval_ns == 0) return true;
  if (!Lock(limiter)) return true;
  const uintptr_t low = pc1 < pc2 ? pc1 : pc2;
  const uintptr_t high = pc1 < pc2 ? pc2 : pc1;
  RateLimiter::Entry* victim = nullptr;
  bool allowed = true;
  for (RateLimiter::Entry& entry : limiter->entries) {
    const bool is_used = entry.high_pc != 0;
    if (is_used && entry.low_pc == low && entry.high_pc == high) {
      // Another thread may have read the clock later and come here first.
      allowed =
          now_ns >= entry.time_ns && now_ns - entry.time_ns >= interval_ns;
      victim = &entry;
      break;
    }
    // Else the first free entry, or the oldest.
    if (victim == nullptr || (victim->high_pc != 0 &&
                              (!is_used || entry.time_ns < victim->time_ns))) {
      victim = &entry;
    }
  }
  if (allowed) {
    victim->time_ns = now_ns;
    victim->low_pc = low;
    victim->high_pc = high;
  }
  Unlock(limiter);
  return allowed;
}

void ClearRateLimiter(RateLimiter* limiter) {
  for (RateLimiter::Entry& entry : limiter->entries) {
    entry.time_ns = 0;
    entry.low_pc = 0;
    entry.high_pc = 0;
  }
  Unlock(limiter);
}

}  // namespace core
}  // namespace kcsan
