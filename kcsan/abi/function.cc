// SPDX-License-Identifier: Apache-2.0
//
// Functions begin and end, also by an exception. Only the modelling of weak
// memory asks: an access is under way until its function returns at the latest.

#include "kcsan/abi/hook.h"
#include "kcsan/core/slow_path.h"

namespace kcsan {
namespace abi {

// Every instrumented file calls this from a constructor. The runtime starts by
// itself.
KCSAN_HOOK void __tsan_init() {}

// A longjmp() leaves the depth too high until the next access is under way. All
// that follows from it is one that ends a little later.
KCSAN_HOOK void __tsan_func_entry(void* caller_pc) {
  (void)caller_pc;
  if (KCSAN_UNLIKELY(kcsan_rt_thread.attention & KCSAN_RT_ATTENTION_REORDER)) {
    ++kcsan_rt_thread.depth;
  }
}

KCSAN_HOOK void __tsan_func_exit() {
  if (KCSAN_UNLIKELY(kcsan_rt_thread.attention & KCSAN_RT_ATTENTION_REORDER)) {
    core::LeaveFunction(KCSAN_HOOK_PC());
  }
}

}  // namespace abi
}  // namespace kcsan
