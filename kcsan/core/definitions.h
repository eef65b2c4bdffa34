// SPDX-License-Identifier: Apache-2.0
//
// The core's attributes and capacities. The core is freestanding C++17: no
// allocation, no I/O, no exceptions, no Abseil, and nothing from the standard
// library with linkage. Its object files define no weak symbol, because a
// program's instrumented copy of a shared inline function, picked by the
// linker, would call back into the detector for ever. Hence every function in
// a core header is KCSAN_INLINE, and every constant has internal linkage.

#ifndef KCSAN_CORE_DEFINITIONS_H_
#define KCSAN_CORE_DEFINITIONS_H_

#include <stddef.h>
#include <stdint.h>

#define KCSAN_INLINE inline __attribute__((always_inline))

// Labels: each function that an access can reach is one of the two.
#define KCSAN_FAST_PATH inline __attribute__((always_inline))
#define KCSAN_SLOW_PATH __attribute__((cold, noinline))

#define KCSAN_LIKELY(x) __builtin_expect(!!(x), 1)
#define KCSAN_UNLIKELY(x) __builtin_expect(!!(x), 0)

#define KCSAN_CACHE_LINE_ALIGNED __attribute__((aligned(64)))

// No constructor call at start-up: accesses made before main() are defined.
#if defined(__clang__)
#define KCSAN_CONSTINIT [[clang::require_constant_initialization]]
#else
#define KCSAN_CONSTINIT
#endif

namespace kcsan {

// The granule by which addresses are spread over the watchpoint slots. Not the
// machine's page size: a constant keeps the hash one shift.
enum : uintptr_t { kPageSize = 4096 };

enum : int {
  kNumWatchpoints = 64,
  kMaxFrames = 64,
  kThreadNameSize = 16,
};

// Larger accesses can not be told apart in an encoded watchpoint.
enum : size_t { kMaxEncodableSize = 2 * kPageSize };

}  // namespace kcsan

#endif  // KCSAN_CORE_DEFINITIONS_H_
