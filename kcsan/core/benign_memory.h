// SPDX-License-Identifier: Apache-2.0
//
// Memory whose races the program has declared to be benign. It is not watched,
// so no race on it is reported. Entries are never removed: whoever gets the
// same addresses later is not watched either.

#ifndef KCSAN_CORE_BENIGN_MEMORY_H_
#define KCSAN_CORE_BENIGN_MEMORY_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/core/access.h"
#include "kcsan/core/definitions.h"

namespace kcsan {
namespace core {

enum : uint32_t { kMaxBenignRanges = 128 };

// All zero is an empty one.
struct BenignMemory {
  struct Range {
    uintptr_t address;
    size_t size;  // written last; 0: not there yet
  };
  // Ranges handed out; may run beyond the end.
  uint32_t num_taken;
  Range ranges[kMaxBenignRanges];
};

// False if there is no room.
KCSAN_INLINE bool AddBenign(BenignMemory* memory, uintptr_t address,
                            size_t size) {
  if (size == 0) return true;
  if (__atomic_load_n(&memory->num_taken, __ATOMIC_RELAXED) >=
      kMaxBenignRanges) {
    return false;
  }
  const uint32_t index =
      __atomic_fetch_add(&memory->num_taken, 1, __ATOMIC_RELAXED);
  if (index >= kMaxBenignRanges) return false;
  memory->ranges[index].address = address;
  // Release: pairs with the acquire in IsBenign().
  __atomic_store_n(&memory->ranges[index].size, size, __ATOMIC_RELEASE);
  return true;
}

// Does any byte of it lie in benign memory?
KCSAN_INLINE bool IsBenign(const BenignMemory& memory, uintptr_t address,
                           size_t size) {
  uint32_t count = __atomic_load_n(&memory.num_taken, __ATOMIC_RELAXED);
  if (KCSAN_LIKELY(count == 0)) return false;
  if (count > kMaxBenignRanges) count = kMaxBenignRanges;
  for (uint32_t i = 0; i < count; ++i) {
    const BenignMemory::Range& range = memory.ranges[i];
    const size_t range_size = __atomic_load_n(&range.size, __ATOMIC_ACQUIRE);
    if (RangesOverlap(range.address, range_size, address, size)) return true;
  }
  return false;
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_BENIGN_MEMORY_H_
