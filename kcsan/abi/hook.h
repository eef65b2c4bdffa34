// SPDX-License-Identifier: Apache-2.0
//
// What every compiler hook begins with: the fast path, in the form that a hook
// wants. The same two questions as in checks.h (is it this access's turn? is
// anything up?), but the place in user code is where the hook was called from.

#ifndef KCSAN_ABI_HOOK_H_
#define KCSAN_ABI_HOOK_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/checks.h"
#include "kcsan/core/definitions.h"

// A symbol that compilers, or libraries built for ThreadSanitizer, refer to.
// nothrow: an instrumented destructor would else need an exception table.
#define KCSAN_HOOK \
  extern "C" __attribute__((visibility("default"), nothrow, used))

// Where user code called the hook that this stands in.
#define KCSAN_HOOK_PC() reinterpret_cast<uintptr_t>(__builtin_return_address(0))

namespace kcsan {
namespace abi {

// An access that the fast path could not let pass. Not cold: while anything is
// armed anywhere, all come by here.
__attribute__((noinline)) void Look(const volatile void* ptr, size_t size,
                                    int type, uintptr_t pc) noexcept;

// The two questions. Counts the access.
KCSAN_FAST_PATH bool IsEventful(int type) {
  const int out_of_skips =
      (type & KCSAN_ACCESS_ATOMIC) == 0 ? kcsan_rt_count_down(type) : 0;
  return KCSAN_UNLIKELY(out_of_skips) || KCSAN_UNLIKELY(kcsan_rt_anything_up());
}

// Tells of an access. `type` is a constant, and so is its part of the branches.
KCSAN_FAST_PATH void Tell(const volatile void* ptr, size_t size, int type,
                          uintptr_t pc) {
  if (KCSAN_UNLIKELY(IsEventful(type))) {
    Look(ptr, size, type, pc);
  }
}

// The same for the function that this stands in. Its return address is not even
// looked up while nothing is up.
KCSAN_FAST_PATH void TellHere(const volatile void* ptr, size_t size, int type) {
  if (KCSAN_UNLIKELY(IsEventful(type))) {
    // The compiler would load it ahead of the branches.
    __asm__ __volatile__("" ::: "memory");
    Look(ptr, size, type, KCSAN_HOOK_PC());
  }
}

}  // namespace abi
}  // namespace kcsan

#endif  // KCSAN_ABI_HOOK_H_
