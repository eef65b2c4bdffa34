// SPDX-License-Identifier: Apache-2.0
//
// What the wrappers of libc's functions have in common. See
// wrapped_symbols.inc.

#ifndef KCSAN_ABI_WRAP_H_
#define KCSAN_ABI_WRAP_H_

#include <stddef.h>

#include "kcsan/abi/hook.h"

// Declares what the linker makes of NAME, and begins the definition of where
// __wrap_NAME (wrap_entry.S) goes when NAME is libc's.
#define KCSAN_WRAPPER(Return, name, ...)                          \
  extern "C" Return __real_##name(__VA_ARGS__);                   \
  extern "C" __attribute__((visibility("hidden"), nothrow, used)) \
  Return __kcsan_told_##name(__VA_ARGS__)

namespace kcsan {
namespace abi {

// Is it the turn of a plain access, or is anything up? For callers that have to
// find out first how much they access: they do so only then, and tell by
// Look(). To be asked for each range, or only the first would ever be watched.
KCSAN_FAST_PATH bool IsDue(int type) {
  return KCSAN_UNLIKELY(kcsan_rt_count_down(type)) ||
         KCSAN_UNLIKELY(kcsan_rt_anything_up());
}
KCSAN_FAST_PATH bool ReadIsDue() { return IsDue(0); }
KCSAN_FAST_PATH bool WriteIsDue() { return IsDue(KCSAN_ACCESS_WRITE); }

// A range that may be empty, which is no access.
KCSAN_FAST_PATH void LookAtRange(const void* ptr, size_t size, int type,
                                 uintptr_t pc) {
  if (size != 0) Look(ptr, size, type, pc);
}

}  // namespace abi
}  // namespace kcsan

#endif  // KCSAN_ABI_WRAP_H_
