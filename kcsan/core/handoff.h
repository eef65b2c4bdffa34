// SPDX-License-Identifier: Apache-2.0
//
// Where the two threads of a race meet. Each slot of the table has one record.
// The thread that consumed the watchpoint writes its side into the record and
// goes on; it never waits. The thread that armed the watchpoint reads it, and
// makes the report.
//
// The state word:
//
//   kIdle ----Deliver (consumer)----> kReady ----Take, then free the slot
//     |
//     +---- Take gives up ----> kAbandoned ----Deliver frees the slot
//
// Giving up happens when the consumer is stopped between consuming and
// delivering. The slot then stays reserved until it comes back, so that nobody
// else writes the record.

#ifndef KCSAN_CORE_HANDOFF_H_
#define KCSAN_CORE_HANDOFF_H_

#include <stdint.h>

#include "kcsan/core/check.h"
#include "kcsan/core/definitions.h"
#include "kcsan/core/race_report.h"
#include "kcsan/core/watchpoint_table.h"

namespace kcsan {
namespace core {

enum : uint32_t { kHandoffIdle = 0, kHandoffReady = 1, kHandoffAbandoned = 2 };

struct Handoff {
  uint32_t state;
  AccessRecord record;
};

// The word that a stalled owner of `slot` waits on, idle while kHandoffIdle.
const uint32_t* HandoffWord(int slot);

KCSAN_INLINE bool IsDelivered(int slot) {
  return __atomic_load_n(HandoffWord(slot), __ATOMIC_RELAXED) == kHandoffReady;
}

// By the consumer of `slot`.
void DeliverHandoff(WatchpointTable* table, int slot, const Check& check,
                    bool in_signal_handler);

// By the owner of `slot`, after RetireWatchpoint() said kConsumed. Copies the
// record (unless null) and frees the slot; false (and the slot is not ours any
// more) if the other side did not come in time.
bool TakeHandoff(WatchpointTable* table, int slot, AccessRecord* record);

// In a forked child.
void ClearHandoffs();

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_HANDOFF_H_
