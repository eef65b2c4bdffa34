// SPDX-License-Identifier: Apache-2.0
//
// What happens when the fast path (checks.h) found something to do: look for
// other threads' watchpoints, and now and then arm one.

#ifndef KCSAN_CORE_SLOW_PATH_H_
#define KCSAN_CORE_SLOW_PATH_H_

#include "kcsan/core/check.h"
#include "kcsan/core/definitions.h"

namespace kcsan {
namespace core {

// Looks at `check`, and at whatever else the thread has under way; may stall,
// may report. The caller has seen that it is worth the while.
KCSAN_SLOW_PATH void RunCheck(const Check& check);

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_SLOW_PATH_H_
