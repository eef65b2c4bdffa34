// SPDX-License-Identifier: Apache-2.0
//
// Weak-memory modelling. A plain access that was watched may, on weakly ordered
// hardware or by the compiler's doing, take effect later: it stays "under way"
// until a barrier of the right kind, and is looked at again with every access
// that the thread makes meanwhile. One such access a thread.
//
// What a barrier ends:
//
//                     read   write   read-write
//   mb, release        x       x        x
//   wmb                        x        x
//   rmb                x                x
//
// It is also over when its function returns (compiler hooks only), so that a
// report can say where it was delayed to. For that the hooks count the
// functions entered from there on, and only while an access is under way: a
// count kept all the time made a chain of loads and stores through all calls.
//
// The acquire side is not modelled: nothing is made to happen earlier.

#ifndef KCSAN_CORE_REORDER_H_
#define KCSAN_CORE_REORDER_H_

#include <stdint.h>

#include "kcsan/core/access.h"
#include "kcsan/core/context.h"
#include "kcsan/core/definitions.h"

namespace kcsan {
namespace core {

enum class Barrier { kFull, kWrite, kRead, kRelease };

KCSAN_INLINE constexpr bool Orders(Barrier barrier, int type) {
  switch (barrier) {
    case Barrier::kWrite:
      return (type & (KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND)) != 0;
    case Barrier::kRead:
      return (type & KCSAN_ACCESS_WRITE) == 0 ||
             (type & KCSAN_ACCESS_COMPOUND) != 0;
    case Barrier::kFull:
    case Barrier::kRelease:
      break;
  }
  return true;
}

KCSAN_INLINE bool HasReordered() {
  return (kcsan_rt_thread.attention & kAttentionReorder) != 0;
}

KCSAN_INLINE void ForgetReordered() {
  kcsan_rt_thread.attention &= ~uint32_t{kAttentionReorder};
}

KCSAN_INLINE void RememberReordered(ThreadContext* context,
                                    const Access& access) {
  // A signal handler's accesses look at it, too: it is whole or it is not
  // there.
  ForgetReordered();
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  context->reordered = access;
  kcsan_rt_thread.depth = 0;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  kcsan_rt_thread.attention |= kAttentionReorder;
}

KCSAN_INLINE void PassBarrier(ThreadContext* context, Barrier barrier) {
  if (HasReordered() && Orders(barrier, context->reordered.type)) {
    ForgetReordered();
  }
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_REORDER_H_
