// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/atomic_region.h
// -----------------------------------------------------------------------------
// Regions in which this thread's plain accesses count as marked, and access
// masks: for those who build synchronisation of their own, such as the seqlock
// in seqlock.h. An application rarely needs them; a region that is too large
// hides races.
//
// "Count as marked": such an access is never watched itself, and races only
// with plain accesses of others. It is still plain to the compiler, and between
// threads that do write, undefined. In a file that is not instrumented, only
// accesses that are told (kcsan_check_read(), kcsan::checked<T>) are concerned.
//
// Common to all: they concern the calling thread only, and must end on it: no
// co_await inside.
//
// Off: nothing, as if they were not there.
// ThreadSanitizer: the two regions ignore reads and writes, which is all it can
// do; atomic_next and masks are nothing.

#ifndef KCSAN_ANNOTATIONS_ATOMIC_REGION_H_
#define KCSAN_ANNOTATIONS_ATOMIC_REGION_H_

#include <stdint.h>

#include "kcsan/annotations/internal/base.h"
#include "kcsan/checks.h"
#include "kcsan/config.h"

namespace kcsan {
inline namespace KCSAN_INTERNAL_MODE_TAG {

// -----------------------------------------------------------------------------
// kcsan::AtomicRegion
// -----------------------------------------------------------------------------
// A region, for the object's lifetime. Regions nest.
//
// Example:
//
//   struct Pair {
//     kcsan::checked<int> a, b;
//   };
//   void WriteInsideMyOwnSeqlock(Pair* pair, int a, int b) {
//     kcsan::AtomicRegion region;  // readers look, and retry
//     pair->a = a;
//     pair->b = b;
//   }
class AtomicRegion {
 public:
#if KCSAN_INTERNAL_IS_TSAN()
  KCSAN_INTERNAL_INLINE AtomicRegion() {}
  KCSAN_INTERNAL_INLINE ~AtomicRegion() {}
#else
  KCSAN_INTERNAL_INLINE AtomicRegion() { kcsan_nestable_atomic_begin(); }
  KCSAN_INTERNAL_INLINE ~AtomicRegion() { kcsan_nestable_atomic_end(); }
#endif
  AtomicRegion(const AtomicRegion&) = delete;
  AtomicRegion& operator=(const AtomicRegion&) = delete;

#if KCSAN_INTERNAL_IS_TSAN()
 private:
  annotation_internal::SilenceScope silence_;
#endif
};

// -----------------------------------------------------------------------------
// kcsan::FlatAtomicRegion
// -----------------------------------------------------------------------------
// The same, and does not nest: the end of any of them ends the region. For
// readers that may take several locks of one kind and leave them in any order;
// with AtomicRegion one forgotten end would last for ever.
//
// Example:
//
//   int ReadOptimistically(const kcsan::checked<int>& value) {
//     kcsan::FlatAtomicRegion region;
//     return value;  // checked against a version afterwards
//   }
class FlatAtomicRegion {
 public:
#if KCSAN_INTERNAL_IS_TSAN()
  KCSAN_INTERNAL_INLINE FlatAtomicRegion() {}
  KCSAN_INTERNAL_INLINE ~FlatAtomicRegion() {}
#else
  KCSAN_INTERNAL_INLINE FlatAtomicRegion() { kcsan_flat_atomic_begin(); }
  KCSAN_INTERNAL_INLINE ~FlatAtomicRegion() { kcsan_flat_atomic_end(); }
#endif
  FlatAtomicRegion(const FlatAtomicRegion&) = delete;
  FlatAtomicRegion& operator=(const FlatAtomicRegion&) = delete;

#if KCSAN_INTERNAL_IS_TSAN()
 private:
  annotation_internal::SilenceScope silence_;
#endif
};

// -----------------------------------------------------------------------------
// kcsan::AtomicNext(n)
// -----------------------------------------------------------------------------
// The next `n` plain accesses of this thread count as marked; 0 ends a count
// that is running. For a reader that has no sure end: whatever happens, the
// region does. Marked accesses are not counted.
//
// Example:
//
//   int ReadMaybe(const kcsan::checked<int>& value) {
//     kcsan::AtomicNext(1);
//     return value;
//   }
KCSAN_INTERNAL_INLINE void AtomicNext([[maybe_unused]] int n) {
  kcsan_atomic_next(n);
}

// -----------------------------------------------------------------------------
// kcsan::ScopedAccessMask
// -----------------------------------------------------------------------------
// For the object's lifetime, this thread's accesses that are watched report
// only changes of the bits in `mask`, and those that meet another thread's
// watchpoint report nothing. Bits of the value as it is in memory, of at most 8
// bytes. Masks do not nest: the end of any of them is the end of masking.
//
// Example:
//
//   constexpr unsigned kMine = 0xf0;
//   unsigned MyBits(const kcsan::checked<unsigned>& flags) {
//     kcsan::ScopedAccessMask mask(kMine);
//     return flags & kMine;
//   }
//
// ASSERT_EXCLUSIVE_BITS() says the same of one place, and needs no told access.
class ScopedAccessMask {
 public:
  KCSAN_INTERNAL_INLINE explicit ScopedAccessMask(
      [[maybe_unused]] uint64_t mask) {
    kcsan_set_access_mask(mask);
  }
  KCSAN_INTERNAL_INLINE ~ScopedAccessMask() { kcsan_set_access_mask(0); }
  ScopedAccessMask(const ScopedAccessMask&) = delete;
  ScopedAccessMask& operator=(const ScopedAccessMask&) = delete;
};

}  // namespace KCSAN_INTERNAL_MODE_TAG
}  // namespace kcsan

#endif  // KCSAN_ANNOTATIONS_ATOMIC_REGION_H_
