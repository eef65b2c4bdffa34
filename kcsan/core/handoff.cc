// SPDX-License-Identifier: Apache-2.0

#include "kcsan/core/handoff.h"

#include "kcsan/core/counters.h"
#include "kcsan/core/hooks.h"
#include "kcsan/core/record.h"

namespace kcsan {
namespace core {
namespace {

Handoff g_handoffs[kNumWatchpoints];

// A consumer needs microseconds to deliver. Longer than a second means that it
// is stopped.
constexpr uint64_t kPatienceNs = 1000 * 1000 * 1000;
// The count bounds the wait also where there is no clock.
constexpr uint64_t kStepNs = 1000 * 1000;
constexpr int kMaxSteps = 4 * kPatienceNs / kStepNs;

// Waits until delivered, or out of patience.
void AwaitDelivery(const Handoff& handoff) {
  const uint64_t begin_ns = g_hooks.now_ns();
  for (int i = 0; i < kMaxSteps; ++i) {
    if (g_hooks.now_ns() - begin_ns >= kPatienceNs) return;
    if (__atomic_load_n(&handoff.state, __ATOMIC_RELAXED) != kHandoffIdle) {
      return;
    }
    StallRequest request = {};
    request.delay_ns = kStepNs;
    request.word = &handoff.state;
    request.idle = kHandoffIdle;
    request.is_handoff = true;
    g_hooks.stall(request);
  }
}

}  // namespace

const uint32_t* HandoffWord(int slot) { return &g_handoffs[slot].state; }

void DeliverHandoff(WatchpointTable* table, int slot, const Check& check,
                    bool in_signal_handler) {
  Handoff* handoff = &g_handoffs[slot];
  FillRecord(check, &handoff->record);
  handoff->record.in_signal_handler = in_signal_handler;
  // Release: pairs with the acquire in TakeHandoff. Acquire: pairs with the
  // release there when the owner has given up.
  const uint32_t previous =
      __atomic_exchange_n(&handoff->state, kHandoffReady, __ATOMIC_ACQ_REL);
  if (previous == kHandoffAbandoned) {
    __atomic_store_n(&handoff->state, kHandoffIdle, __ATOMIC_RELAXED);
    FreeSlot(table, slot);
    return;
  }
  // The owner may be gone and the word in use by the next one: a wake-up too
  // many, which every waiter must bear anyway.
  g_hooks.wake(&handoff->state);
}

bool TakeHandoff(WatchpointTable* table, int slot, AccessRecord* record) {
  Handoff* handoff = &g_handoffs[slot];
  AwaitDelivery(*handoff);
  uint32_t expected = kHandoffIdle;
  // Success: release, pairs with the exchange in DeliverHandoff. Failure:
  // acquire, the record is complete.
  if (__atomic_compare_exchange_n(&handoff->state, &expected, kHandoffAbandoned,
                                  /*weak=*/false, __ATOMIC_RELEASE,
                                  __ATOMIC_ACQUIRE)) {
    Count(Counter::lost_handoffs);
    return false;
  }
  if (record != nullptr) *record = handoff->record;
  __atomic_store_n(&handoff->state, kHandoffIdle, __ATOMIC_RELAXED);
  FreeSlot(table, slot);
  return true;
}

void ClearHandoffs() {
  for (Handoff& handoff : g_handoffs) {
    __atomic_store_n(&handoff.state, kHandoffIdle, __ATOMIC_RELAXED);
  }
}

}  // namespace core
}  // namespace kcsan
