// SPDX-License-Identifier: Apache-2.0
//
// Stacks by the C++ unwinder: it needs the unwind tables that every x86-64 and
// aarch64 program has, and no frame pointers, which optimised programs lack.

#ifndef KCSAN_PLATFORM_UNWIND_H_
#define KCSAN_PLATFORM_UNWIND_H_

#include <stdint.h>

namespace kcsan {
namespace platform {

// See core::Hooks::unwind.
int Unwind(uintptr_t first, uintptr_t* frames, int max_frames);

// See core::Hooks::function_start.
uintptr_t FunctionStart(uintptr_t pc);

}  // namespace platform
}  // namespace kcsan

#endif  // KCSAN_PLATFORM_UNWIND_H_
