// SPDX-License-Identifier: Apache-2.0
//
// What synchronisation means to the detector: an access that is modelled as
// still under way (core/reorder.h) is over. One test of one word of the thread
// when there is none, and there is none unless weak_memory=1.

#ifndef KCSAN_ABI_BARRIER_H_
#define KCSAN_ABI_BARRIER_H_

#include "kcsan/checks.h"
#include "kcsan/core/definitions.h"

namespace kcsan {
namespace abi {

// As an argument of the hooks: the numbers of C11 and C++11, with bits above
// them that ask for hardware lock elision.
enum : int { kMemoryOrderMask = 0x7fff };

KCSAN_FAST_PATH bool IsRelease(int order) {
  return order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL ||
         order == __ATOMIC_SEQ_CST;
}

// Before an operation that releases.
KCSAN_FAST_PATH void PassRelease() { KCSAN_INTERNAL_BARRIER(release); }

// A fence. What was read before an acquire fence is over after it; an acquire
// operation needs nothing, because nothing is modelled to happen early.
KCSAN_FAST_PATH void PassFence(int order) {
  if (order == __ATOMIC_ACQUIRE || order == __ATOMIC_CONSUME) {
    KCSAN_INTERNAL_BARRIER(rmb);
  } else if (order != __ATOMIC_RELAXED) {
    KCSAN_INTERNAL_BARRIER(mb);
  }
}

}  // namespace abi
}  // namespace kcsan

#endif  // KCSAN_ABI_BARRIER_H_
