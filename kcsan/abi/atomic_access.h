// SPDX-License-Identifier: Apache-2.0
//
// How an atomic hook runs: while nothing is up, the operation and nothing else.

#ifndef KCSAN_ABI_ATOMIC_ACCESS_H_
#define KCSAN_ABI_ATOMIC_ACCESS_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/abi/barrier.h"
#include "kcsan/abi/hook.h"

namespace kcsan {
namespace abi {

enum : int {
  kAtomicLoad = KCSAN_ACCESS_ATOMIC,
  kAtomicStore = KCSAN_ACCESS_ATOMIC | KCSAN_ACCESS_WRITE,
  kAtomicModify = kAtomicStore | KCSAN_ACCESS_COMPOUND,
};

// The barrier comes first: what is under way is over before the access is.
KCSAN_FAST_PATH void Announce(const volatile void* ptr, size_t size, int type,
                              int order, uintptr_t pc) {
  if (type != kAtomicLoad && IsRelease(order)) PassRelease();
  Tell(ptr, size, type, pc);
}

// Not inlined, and called last, so that the fast path saves no registers.
template <int kType, auto kOperation, typename T, typename... Args>
__attribute__((noinline)) static auto RunAnnounced(uintptr_t pc, int order,
                                                   T* ptr, Args... args) {
  Announce(ptr, sizeof(T), kType, order, pc);
  return kOperation(order, ptr, args...);
}

// An access that is still under way is one of the things that are up, so the
// one test answers for the barrier as well.
template <int kType, auto kOperation, typename T, typename... Args>
KCSAN_FAST_PATH static auto RunAtomic(uintptr_t pc, int order, T* ptr,
                                      Args... args) {
  order &= kMemoryOrderMask;
  if (KCSAN_LIKELY(!kcsan_rt_anything_up())) {
    return kOperation(order, ptr, args...);
  }
  return RunAnnounced<kType, kOperation>(pc, order, ptr, args...);
}

}  // namespace abi
}  // namespace kcsan

#endif  // KCSAN_ABI_ATOMIC_ACCESS_H_
