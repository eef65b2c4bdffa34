// SPDX-License-Identifier: Apache-2.0
//
// The armed watchpoints: 64 atomic words. A table is an object, so that another
// one can live elsewhere (in memory shared between processes, say).
//
// The life of a slot:
//
//   invalid --Reserve--> consumed --Publish--> watchpoint --TryConsume--+
//      ^                    ^                      |                    |
//      |                    +-------Retire---------+                    |
//      +---Free--- consumed <-------------------------------------------+
//
// Whoever reserved a slot frees it. In between, one other thread may consume
// the watchpoint, once; that gives it the slot's hand-off record (handoff.h).
//
// A watchpoint on page p sits in slot p or p+1 (mod 64), and covers at most one
// page more than p. So an access to pages a..b finds every watchpoint that it
// overlaps in slots a-1..b+1: three slots for a small access.

#ifndef KCSAN_CORE_WATCHPOINT_TABLE_H_
#define KCSAN_CORE_WATCHPOINT_TABLE_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/core/definitions.h"
#include "kcsan/core/encoding.h"

namespace kcsan {
namespace core {

struct WatchpointTable {
  KCSAN_CACHE_LINE_ALIGNED uint64_t words[kNumWatchpoints];
  // Who armed it. Written between Reserve and Publish.
  int32_t owners[kNumWatchpoints];
};

enum : int { kNoSlot = -1 };

// A watched range may not be longer, or Find would have to look further back.
// Longer accesses are watched in part.
enum : size_t { kMaxWatchedSize = kPageSize };

KCSAN_INLINE int SlotOfPage(uintptr_t page) {
  return static_cast<int>(page % kNumWatchpoints);
}

// Slot of a watchpoint that conflicts with the access, and its word; or
// kNoSlot.
KCSAN_INLINE int FindWatchpoint(const WatchpointTable& table, uintptr_t address,
                                size_t size, bool is_write, uint64_t* word) {
  // From the page before to the page after; never a slot twice. Counted and not
  // compared, so that a range at the end of the address space ends, too.
  uintptr_t num_pages = kNumWatchpoints;
  if (size < kNumWatchpoints * kPageSize) {
    num_pages = (address % kPageSize + size - 1) / kPageSize + 3;
    if (num_pages > kNumWatchpoints) num_pages = kNumWatchpoints;
  }
  const uintptr_t first = address / kPageSize - 1;
  for (uintptr_t page = first; page != first + num_pages; ++page) {
    const int slot = SlotOfPage(page);
    // Acquire: pairs with the release in PublishWatchpoint, so that the owner
    // read next is the one who armed this.
    const uint64_t found =
        __atomic_load_n(&table.words[slot], __ATOMIC_ACQUIRE);
    if (Matches(found, address, size, is_write)) {
      *word = found;
      return slot;
    }
  }
  return kNoSlot;
}

// Takes a free slot for a watchpoint at `address`; kNoSlot if both are taken.
KCSAN_INLINE int ReserveSlot(WatchpointTable* table, uintptr_t address) {
  for (uintptr_t offset = 0; offset < 2; ++offset) {
    const int slot = SlotOfPage(address / kPageSize + offset);
    uint64_t expected = kInvalidWatchpoint;
    // Acquire: pairs with the release in FreeSlot, so that the last user's
    // reads of the hand-off record are over before ours is written.
    if (__atomic_compare_exchange_n(&table->words[slot], &expected,
                                    kConsumedWatchpoint, /*weak=*/false,
                                    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
      return slot;
    }
  }
  return kNoSlot;
}

KCSAN_INLINE void PublishWatchpoint(WatchpointTable* table, int slot,
                                    uint64_t word, int32_t owner) {
  __atomic_store_n(&table->owners[slot], owner, __ATOMIC_RELAXED);
  // Release: pairs with the acquire in FindWatchpoint and TryConsume.
  __atomic_store_n(&table->words[slot], word, __ATOMIC_RELEASE);
}

KCSAN_INLINE int32_t OwnerOf(const WatchpointTable& table, int slot) {
  return __atomic_load_n(&table.owners[slot], __ATOMIC_RELAXED);
}

// True for exactly one of the threads that found `word`.
KCSAN_INLINE bool TryConsumeWatchpoint(WatchpointTable* table, int slot,
                                       uint64_t word) {
  // Acquire: pairs with PublishWatchpoint; the hand-off record is clean.
  return __atomic_compare_exchange_n(&table->words[slot], &word,
                                     kConsumedWatchpoint, /*weak=*/false,
                                     __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

enum class Retired {
  kUntouched,  // nobody came by
  kConsumed,   // somebody did; the hand-off record will be filled
  kGone,       // the table was cleared under us (fork); the slot is not ours
};

// Ends the watch. The slot stays reserved unless kGone.
KCSAN_INLINE Retired RetireWatchpoint(WatchpointTable* table, int slot,
                                      uint64_t word) {
  // Relaxed: that no thread sees the watchpoint after it synchronised with us
  // follows from coherence, and what a consumer wrote is acquired through the
  // hand-off's own state.
  if (__atomic_compare_exchange_n(&table->words[slot], &word,
                                  kConsumedWatchpoint, /*weak=*/false,
                                  __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    return Retired::kUntouched;
  }
  return word == kConsumedWatchpoint ? Retired::kConsumed : Retired::kGone;
}

KCSAN_INLINE void FreeSlot(WatchpointTable* table, int slot) {
  // Release: pairs with the acquire in ReserveSlot.
  __atomic_store_n(&table->words[slot], kInvalidWatchpoint, __ATOMIC_RELEASE);
}

KCSAN_INLINE void ClearTable(WatchpointTable* table) {
  for (int slot = 0; slot < kNumWatchpoints; ++slot) FreeSlot(table, slot);
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_WATCHPOINT_TABLE_H_
