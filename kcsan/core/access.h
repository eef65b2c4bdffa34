// SPDX-License-Identifier: Apache-2.0
//
// One access as the core sees it, and the questions one asks of its type.

#ifndef KCSAN_CORE_ACCESS_H_
#define KCSAN_CORE_ACCESS_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/checks.h"
#include "kcsan/core/definitions.h"

namespace kcsan {
namespace core {

struct Access {
  const volatile void* ptr;
  size_t size;
  int type;          // KCSAN_ACCESS_* bits
  const char* site;  // KCSAN_INTERNAL_SITE text, or null
  uintptr_t pc;      // where in user code it stands
};

KCSAN_INLINE uintptr_t AddressOf(const volatile void* ptr) {
  return reinterpret_cast<uintptr_t>(ptr);
}

KCSAN_INLINE bool IsWrite(int type) { return (type & KCSAN_ACCESS_WRITE) != 0; }
KCSAN_INLINE bool IsCompound(int type) {
  return (type & KCSAN_ACCESS_COMPOUND) != 0;
}
KCSAN_INLINE bool IsMarked(int type) {
  return (type & KCSAN_ACCESS_ATOMIC) != 0;
}
KCSAN_INLINE bool IsAssert(int type) {
  return (type & KCSAN_ACCESS_ASSERT) != 0;
}

// Half-open ranges [a, a + a_size) and [b, b + b_size). Differences instead of
// sums, so that a range at the end of the address space does not wrap. An empty
// range overlaps nothing.
KCSAN_INLINE bool RangesOverlap(uintptr_t a, size_t a_size, uintptr_t b,
                                size_t b_size) {
  if (a_size == 0 || b_size == 0) return false;
  return a <= b ? b - a < a_size : a - b < b_size;
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_ACCESS_H_
