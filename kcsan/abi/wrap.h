// SPDX-License-Identifier: Apache-2.0
//
// What the wrappers of libc's functions have in common. See
// wrapped_symbols.inc.

#ifndef KCSAN_ABI_WRAP_H_
#define KCSAN_ABI_WRAP_H_

#include <stddef.h>

#include "kcsan/abi/hook.h"

// Declares what the linker makes of NAME, and begins the definition of what it
// calls instead.
#define KCSAN_WRAPPER(Return, name, ...)        \
  extern "C" Return __real_##name(__VA_ARGS__); \
  KCSAN_HOOK Return __wrap_##name(__VA_ARGS__)

namespace kcsan {
namespace abi {

// Is it the turn of a plain access, or is anything up? For callers that have to
// find out first how much they access: they do so only then, and tell by
// Look().
KCSAN_FAST_PATH bool IsDue() {
  return KCSAN_UNLIKELY(kcsan_rt_count_down()) ||
         KCSAN_UNLIKELY(kcsan_rt_anything_up());
}

// A range that may be empty, which is no access.
KCSAN_FAST_PATH void LookAtRange(const void* ptr, size_t size, int type,
                                 uintptr_t pc) {
  if (size != 0) Look(ptr, size, type, pc);
}

}  // namespace abi
}  // namespace kcsan

#endif  // KCSAN_ABI_WRAP_H_
