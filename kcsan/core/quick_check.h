// SPDX-License-Identifier: Apache-2.0
//
// Between the fast path and the slow one. While anything is armed anywhere, the
// accesses of all threads leave the fast path; nearly all of them are somewhere
// else, and are told so here for the price of a look at three slots.

#ifndef KCSAN_CORE_QUICK_CHECK_H_
#define KCSAN_CORE_QUICK_CHECK_H_

#include <stddef.h>

#include "kcsan/checks.h"
#include "kcsan/core/access.h"
#include "kcsan/core/definitions.h"
#include "kcsan/core/process.h"
#include "kcsan/core/watchpoint_table.h"

namespace kcsan {
namespace core {

// True if an access that left the fast path has nothing to do on the slow one:
// it is not its turn to be watched, the thread has nothing under way, and
// nobody watches these bytes. Then it does not matter either whether the
// detector is on, or whether the thread has it disabled. An empty access is
// counted, so it is not uneventful.
KCSAN_INLINE bool IsUneventful(const volatile void* ptr, size_t size,
                               int type) {
  if (kcsan_rt_thread.skip[type & KCSAN_ACCESS_WRITE] < 0) return false;
  if (kcsan_rt_thread.attention != 0) return false;
  if (KCSAN_UNLIKELY(size == 0)) return false;
  uint64_t word = 0;
  return KCSAN_LIKELY(FindWatchpoint(g_table, Untag(AddressOf(ptr)), size,
                                     IsWrite(type), &word) == kNoSlot);
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_QUICK_CHECK_H_
