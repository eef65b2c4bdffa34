// SPDX-License-Identifier: Apache-2.0
//
// The options as the core sees them: a plain struct, generated from
// options.inc. Who fills it (environment, weak function, C++) is not the core's
// business.

#ifndef KCSAN_CORE_OPTIONS_H_
#define KCSAN_CORE_OPTIONS_H_

#include <stdint.h>

#include "kcsan/core/definitions.h"

namespace kcsan {

struct Options {
#define KCSAN_BOOL(name, default_value, sentence) bool name = default_value;
#define KCSAN_UINT(name, default_value, min, max, unit, sentence) \
  uint32_t name = default_value;
#define KCSAN_CHOICE(name, default_value, choices, sentence) \
  uint32_t name = default_value;
#include "kcsan/core/options.inc"
#undef KCSAN_BOOL
#undef KCSAN_UINT
#undef KCSAN_CHOICE
};

// Values of the KCSAN_CHOICE options.
enum : uint32_t { kSamplingBudget = 0, kSamplingCount = 1 };
enum : uint32_t { kStallSleep = 0, kStallSpin = 1 };

namespace core {

// What is in force. Written by SetOptions() only; fields are read one at a time
// on slow paths, each a word or less, so a reader during a change sees the old
// or the new value of each.
extern Options g_options;

void SetOptions(const Options& options);

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_OPTIONS_H_
