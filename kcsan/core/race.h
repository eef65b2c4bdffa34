// SPDX-License-Identifier: Apache-2.0
//
// From what a watched window showed to a report, or to silence.

#ifndef KCSAN_CORE_RACE_H_
#define KCSAN_CORE_RACE_H_

#include <stdint.h>

#include "kcsan/core/check.h"

namespace kcsan {
namespace core {

// The bytes under a watchpoint, before and after the stall that began at
// `begin_ns`.
struct WatchedValue {
  uint64_t begin_ns;
  bool is_compared;
  uint64_t before;
  uint64_t after;
};

// Nobody came by. If the value changed all the same, somebody who cannot be
// seen wrote it.
void HandleUnseen(const Check& check, const WatchedValue& value);

// Another thread consumed the watchpoint in `slot`, which is still reserved.
// Frees it.
void HandleSeen(const Check& check, WatchedValue value, int slot);

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_RACE_H_
