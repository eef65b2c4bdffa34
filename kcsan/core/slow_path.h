// SPDX-License-Identifier: Apache-2.0
//
// What happens when the fast path (checks.h) found something to do: look for
// other threads' watchpoints, and now and then arm one.

#ifndef KCSAN_CORE_SLOW_PATH_H_
#define KCSAN_CORE_SLOW_PATH_H_

#include <stdint.h>

#include "kcsan/core/check.h"
#include "kcsan/core/definitions.h"

namespace kcsan {
namespace core {

// Looks at `check`, and at whatever else the thread has under way; may stall,
// may report. The caller has seen that it is worth the while.
KCSAN_SLOW_PATH void RunCheck(const Check& check);

// To be called before the thread's open scopes are looked at, if it has any:
// they are forgotten if another thread has ended one of them. The scopes that
// are left are not watched, and their ends are counted as unbalanced.
void DropOrphanedScopes();

// The function that the thread is in returns, and an access is still under way:
// looks at it once more, and if the access is this function's own, ends it.
KCSAN_SLOW_PATH void LeaveFunction(uintptr_t pc);

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_SLOW_PATH_H_
