// SPDX-License-Identifier: Apache-2.0
//
// The value under a watchpoint, before and after, and what the difference says.

#ifndef KCSAN_CORE_VALUE_CHANGE_H_
#define KCSAN_CORE_VALUE_CHANGE_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/core/access.h"
#include "kcsan/core/definitions.h"

namespace kcsan {
namespace core {

enum class ValueChange {
  kNo,     // the bits that count did not change: no race whatever was seen
  kMaybe,  // no change was seen; the access may still have written
  kYes,
};

KCSAN_INLINE constexpr bool HasComparableSize(size_t size) {
  return size >= 1 && size <= 8;
}

// The bytes at `ptr` as a little-endian number; 0 for sizes that are not
// compared. Sizes 1, 2, 4 and 8 are read by one load. The memory is racy by
// intention and belongs to the program, so no sanitizer looks at this read.
uint64_t ReadValue(const volatile void* ptr, size_t size);

// For a race in which the other access was seen. `diff` is old ^ new, already
// masked. A claim is violated by the access itself, and larger values are not
// compared; both count as changed.
KCSAN_INLINE constexpr ValueChange JudgeSeenRace(uint64_t diff, uint64_t mask,
                                                 size_t size, bool is_assert) {
  if (mask != 0) return diff != 0 ? ValueChange::kYes : ValueChange::kNo;
  if (diff != 0 || is_assert || !HasComparableSize(size)) {
    return ValueChange::kYes;
  }
  return ValueChange::kMaybe;
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_VALUE_CHANGE_H_
