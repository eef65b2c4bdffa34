// SPDX-License-Identifier: Apache-2.0
//
// The watched window: arm a watchpoint, hold the thread, see what came of it.

#ifndef KCSAN_CORE_WATCH_H_
#define KCSAN_CORE_WATCH_H_

#include <stdint.h>

#include "kcsan/core/check.h"
#include "kcsan/core/context.h"
#include "kcsan/core/definitions.h"

namespace kcsan {
namespace core {

// Watches `check` for the length of one stall, and reports what it found. False
// if it cannot be watched; that is counted.
KCSAN_SLOW_PATH bool Watch(ThreadContext* context, const Check& check);

// With signal_watcher=1 a handler can leave a stall by longjmp.
// Called at the thread's next access: if the stall's frame is gone, so is its
// watchpoint. If the answer is wrong (a handler on a stack of its own, or one
// that takes a second), a watchpoint is lost early, and no false report made.
void RecoverAbandonedStall(ThreadContext* context);

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_WATCH_H_
