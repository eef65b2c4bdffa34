// SPDX-License-Identifier: Apache-2.0
//
// Threads of which somebody else has ended a scope. That is a mistake (a
// co_await inside the scope, a fiber that moved), and after it the thread's
// list of open scopes leads into memory that may be gone. The list is the
// thread's own to touch; so it is told here, and forgets all of it before it
// looks again.

#ifndef KCSAN_CORE_ORPHANS_H_
#define KCSAN_CORE_ORPHANS_H_

#include <stdint.h>

#include "kcsan/core/definitions.h"

namespace kcsan {
namespace core {

enum : int { kMaxOrphans = 16 };

// All zero is an empty one.
struct Orphans {
  uint32_t count;
  const void* threads[kMaxOrphans];
};

// Names a thread. With no room left it is not told, and counts on its luck.
KCSAN_INLINE void AddOrphan(Orphans* orphans, const void* thread) {
  for (const void*& place : orphans->threads) {
    const void* expected = nullptr;
    if (__atomic_compare_exchange_n(&place, &expected, thread, /*weak=*/false,
                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
      // Release: pairs with the acquire in HasOrphans(). Whoever sees the count
      // sees the name.
      __atomic_fetch_add(&orphans->count, 1, __ATOMIC_RELEASE);
      return;
    }
  }
}

// Was any thread named?
KCSAN_INLINE bool HasOrphans(const Orphans& orphans) {
  // Acquire: pairs with the release in AddOrphan().
  return KCSAN_UNLIKELY(__atomic_load_n(&orphans.count, __ATOMIC_ACQUIRE) != 0);
}

// Was this thread named? Then it is no longer. Almost always one load.
KCSAN_INLINE bool TakeOrphan(Orphans* orphans, const void* thread) {
  if (!HasOrphans(*orphans)) return false;
  bool found = false;
  for (const void*& place : orphans->threads) {
    const void* expected = thread;
    if (__atomic_compare_exchange_n(&place, &expected, nullptr, /*weak=*/false,
                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
      __atomic_fetch_sub(&orphans->count, 1, __ATOMIC_RELAXED);
      found = true;
    }
  }
  return found;
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_ORPHANS_H_
