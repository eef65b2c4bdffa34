// SPDX-License-Identifier: Apache-2.0
//
// One access to look at, with all that goes for it.

#ifndef KCSAN_CORE_CHECK_H_
#define KCSAN_CORE_CHECK_H_

#include <stdint.h>

#include "kcsan/checks.h"
#include "kcsan/core/access.h"
#include "kcsan/core/definitions.h"

namespace kcsan {
namespace core {

// Where an access stands in its thread.
enum class Origin : int {
  kCurrent,    // it is being made now
  kScope,      // a claim whose scope is open
  kReordered,  // modelled as still under way
};

struct Check {
  Access access;
  uint64_t mask;  // non-zero: only these bits count
  Origin origin;
  // Where user code called the runtime just now. For kCurrent the same as
  // access.pc; else the access stands elsewhere, and the stack is that of here.
  uintptr_t entry_pc;
};

// An open claim, looked at on the occasion of a call from `entry_pc`.
KCSAN_INLINE Check ScopeCheck(const kcsan_scoped_access& scope,
                              uintptr_t entry_pc) {
  return Check{{scope.ptr, scope.size, scope.type, scope.site,
                reinterpret_cast<uintptr_t>(scope.ip)},
               scope.mask,
               Origin::kScope,
               entry_pc};
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_CHECK_H_
