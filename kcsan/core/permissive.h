// SPDX-License-Identifier: Apache-2.0
//
// The races that `permissive=1` leaves out, all of them, in one place to audit.
// A race that a rule here leaves out is not thereby safe. The rules are guesses
// about what people tend not to fix first in a program that was never checked.

#ifndef KCSAN_CORE_PERMISSIVE_H_
#define KCSAN_CORE_PERMISSIVE_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/core/definitions.h"
#include "kcsan/core/value_change.h"

namespace kcsan {
namespace core {

// Rule 1: a plain read, and just one bit of the value changed. Typical is a
// word of flags of which the reader tests another bit. A change between 0 and 1
// is no word of flags but a boolean, and stays in.
KCSAN_INLINE bool IsPermitted(int type, size_t size, uint64_t old_value,
                              uint64_t new_value) {
  const bool is_plain_read = type == 0;
  if (!is_plain_read || !HasComparableSize(size)) return false;
  const uint64_t diff = old_value ^ new_value;
  const bool is_one_bit = diff != 0 && (diff & (diff - 1)) == 0;
  const bool is_boolean = diff == 1 && (old_value == 0 || new_value == 0);
  return is_one_bit && !is_boolean;
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_PERMISSIVE_H_
