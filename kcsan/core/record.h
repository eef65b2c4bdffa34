// SPDX-License-Identifier: Apache-2.0
//
// Takes down the calling thread's side of a race.

#ifndef KCSAN_CORE_RECORD_H_
#define KCSAN_CORE_RECORD_H_

#include "kcsan/core/check.h"
#include "kcsan/core/race_report.h"

namespace kcsan {
namespace core {

// Fills every field, the stack included. The stack begins in user code; for an
// open scope or a delayed access it begins where that stands in the source.
void FillRecord(const Check& check, AccessRecord* record);

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_RECORD_H_
