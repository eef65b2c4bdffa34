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

// Publishes a copy. Whoever reads at that moment sees the old options or the
// new ones, as a whole for each reference obtained from CurrentOptions().
void SetOptions(const Options& options);

// Null until the first SetOptions().
extern const Options* g_options;
extern const Options g_default_options;

// What is in force. Never changes: a change publishes another object.
KCSAN_INLINE const Options& CurrentOptions() {
  // Acquire: pairs with the release in SetOptions().
  const Options* options = __atomic_load_n(&g_options, __ATOMIC_ACQUIRE);
  return options != nullptr ? *options : g_default_options;
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_OPTIONS_H_
