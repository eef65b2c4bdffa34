// SPDX-License-Identifier: Apache-2.0
//
// A watchpoint in one word: pure functions, no state.
//
//   bit  63      the watched access writes
//   bits 62..49  size in bytes
//   bits 48..0   address
//
// 49 bits hold every user-space address of x86-64 and of aarch64 with 48-bit
// addresses. Where a process asks for higher ones (LA57, LVA), two addresses
// may share an encoding: the thread that armed compares the full addresses
// before it reports, and counts encoding_false_positives.

#ifndef KCSAN_CORE_ENCODING_H_
#define KCSAN_CORE_ENCODING_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/core/access.h"
#include "kcsan/core/definitions.h"

namespace kcsan {
namespace core {

enum : uint64_t {
  // The two words that are no watchpoint. An encoded one has a size, so it is
  // never 0 or 1.
  kInvalidWatchpoint = 0,
  kConsumedWatchpoint = 1,
};

enum : int { kAddressBits = 49, kSizeBits = 14 };

constexpr uint64_t kAddressMask = (uint64_t{1} << kAddressBits) - 1;
constexpr uint64_t kSizeMask = ((uint64_t{1} << kSizeBits) - 1) << kAddressBits;
constexpr uint64_t kWriteMask = uint64_t{1} << 63;

static_assert((kAddressMask ^ kSizeMask ^ kWriteMask) == ~uint64_t{0},
              "the three fields tile the word");
static_assert(kMaxEncodableSize <= (kSizeMask >> kAddressBits),
              "every watchable size fits its field");

struct DecodedWatchpoint {
  uintptr_t address;
  size_t size;
  bool is_write;
};

// aarch64 ignores the top byte of a data address (TBI, MTE keep tags there), so
// two pointers to one byte may differ in it.
KCSAN_INLINE constexpr uintptr_t Untag(uintptr_t address) {
#if defined(__aarch64__)
  return address & ((uintptr_t{1} << 56) - 1);
#else
  return address;
#endif
}

KCSAN_INLINE constexpr bool IsEncodable(uintptr_t address, size_t size) {
  return address >= kPageSize && size > 0 && size <= kMaxEncodableSize;
}

KCSAN_INLINE constexpr uint64_t EncodeWatchpoint(uintptr_t address, size_t size,
                                                 bool is_write) {
  return (is_write ? kWriteMask : 0) |
         (static_cast<uint64_t>(size) << kAddressBits) |
         (address & kAddressMask);
}

// False for the two words that are no watchpoint.
KCSAN_INLINE constexpr bool DecodeWatchpoint(uint64_t word,
                                             DecodedWatchpoint* decoded) {
  if ((word & kSizeMask) == 0) return false;
  decoded->address = static_cast<uintptr_t>(word & kAddressMask);
  decoded->size = static_cast<size_t>((word & kSizeMask) >> kAddressBits);
  decoded->is_write = (word & kWriteMask) != 0;
  return true;
}

// Does an access conflict with the watchpoint in `word`? Two reads never do.
KCSAN_INLINE bool Matches(uint64_t word, uintptr_t address, size_t size,
                          bool is_write) {
  DecodedWatchpoint decoded = {};
  if (!DecodeWatchpoint(word, &decoded)) return false;
  return (is_write || decoded.is_write) &&
         RangesOverlap(decoded.address, decoded.size, address & kAddressMask,
                       size);
}

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_ENCODING_H_
