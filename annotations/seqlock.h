// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/seqlock.h
// -----------------------------------------------------------------------------
// kcsan::SeqCount: readers that take no lock, write nothing shared, and start
// again when a writer came by. For data that is read often and changed seldom.
// A use of atomic regions that is useful in itself, and that the detector
// understands.

#ifndef KCSAN_ANNOTATIONS_SEQLOCK_H_
#define KCSAN_ANNOTATIONS_SEQLOCK_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/internal/base.h"
#include "kcsan/annotations/internal/raw_access.h"
#include "kcsan/checks.h"

namespace kcsan {

// -----------------------------------------------------------------------------
// kcsan::SeqCount
// -----------------------------------------------------------------------------
// The number is even while nobody writes, and odd while somebody does. Writers
// exclude each other by a lock of their own; that they do is claimed, and so
// checked, in WriteBegin().
//
// Example:
//
//   struct Clock {
//     kcsan::SeqCount sequence;
//     struct Time {
//       long seconds, nanoseconds;
//     } time;
//   };
//   void SetLocked(Clock* clock, const Clock::Time& time) {
//     clock->sequence.WriteBegin();
//     once_memcpy_to(&clock->time, &time, sizeof(time));
//     clock->sequence.WriteEnd();
//   }
//   Clock::Time Get(const Clock& clock) {
//     Clock::Time time;
//     unsigned sequence;
//     do {
//       sequence = clock.sequence.ReadBegin();
//       once_memcpy(&time, &clock.time, sizeof(time));
//     } while (clock.sequence.ReadRetry(sequence));
//     return time;
//   }
//
// Between begin and end both sides access the data by once_memcpy(),
// READ_ONCE() and WRITE_ONCE(). A reader that meets a writer throws away what
// it read, but it has read it: with plain accesses that is undefined in C++,
// and a compiler may read again after the check. And a reader must do nothing
// with the data before ReadRetry() has said false: no pointer followed, no loop
// bounded by it.
//
// The detector takes what is told as plain in between (kcsan_check_read(),
// kcsan::checked<T>) as marked: in the writer's part until WriteEnd(), in the
// reader's up to kMaxReads accesses or ReadRetry(). Readers may nest, also in a
// signal handler; what the inner one accesses counts for the outer one, too.
//
// A writer that is interrupted in between makes readers spin. A signal handler
// must not read what its own thread may be writing.
//
// Size, alignment and name are those of one class in every build. Its members
// are always inlined: do not take the address of one.
class SeqCount {
 public:
  // As much as a reader's part may access plainly; more counts as plain again.
  static constexpr int kMaxReads = 1000;

  SeqCount() = default;
  SeqCount(const SeqCount&) = delete;
  SeqCount& operator=(const SeqCount&) = delete;

  // Waits while a writer is at it.
  KCSAN_INTERNAL_INLINE unsigned ReadBegin() const {
    unsigned sequence;
    // Acquire: pairs with the release in WriteEnd().
    while (((sequence = Load<__ATOMIC_ACQUIRE>()) & 1) != 0) Pause();
    kcsan_bounded_atomic_begin(kMaxReads);
    return sequence;
  }

  // True: a writer came by, read again. `sequence` is ReadBegin()'s.
  KCSAN_INTERNAL_INLINE bool ReadRetry(unsigned sequence) const {
    kcsan_bounded_atomic_end(kMaxReads);
    // Whoever saw data of a writer sees that writer's odd number, too: pairs
    // with the smp_wmb() in WriteBegin().
    annotation_internal::SmpRmb();
    return Load<__ATOMIC_RELAXED>() != sequence;
  }

  KCSAN_INTERNAL_INLINE void WriteBegin() {
    annotation_internal::Claim(Address(), sizeof(sequence_),
                               KCSAN_ACCESS_ASSERT, Site());
    kcsan_nestable_atomic_begin();
    Store<__ATOMIC_RELAXED>(Load<__ATOMIC_RELAXED>() + 1);
    annotation_internal::SmpWmb();  // pairs with ReadRetry()
  }

  KCSAN_INTERNAL_INLINE void WriteEnd() {
    // Release: pairs with the acquire in ReadBegin().
    Store<__ATOMIC_RELEASE>(Load<__ATOMIC_RELAXED>() + 1);
    kcsan_nestable_atomic_end();
  }

 private:
  KCSAN_INTERNAL_INLINE const volatile void* Address() const {
    return KCSAN_INTERNAL_ADDRESS_OF(sequence_);
  }
  // No file and line: those would be of this header.
  KCSAN_INTERNAL_INLINE static const char* Site() {
    return KCSAN_INTERNAL_SITE_WITHOUT_PLACE("kcsan::SeqCount");
  }

  template <int kOrder>
  KCSAN_INTERNAL_INLINE unsigned Load() const {
    annotation_internal::TellUnlessInstrumented(Address(), sizeof(sequence_),
                                                KCSAN_ACCESS_ATOMIC, Site());
    return annotation_internal::LoadOnce<uint32_t, alignof(uint32_t), kOrder>(
        Address());
  }

  template <int kOrder>
  KCSAN_INTERNAL_INLINE void Store(unsigned sequence) {
    annotation_internal::TellUnlessInstrumented(
        Address(), sizeof(sequence_), KCSAN_ACCESS_ATOMIC | KCSAN_ACCESS_WRITE,
        Site());
    if (kOrder == __ATOMIC_RELEASE) KCSAN_INTERNAL_BARRIER(release);
    annotation_internal::StoreOnce<uint32_t, alignof(uint32_t), kOrder>(
        const_cast<volatile void*>(Address()), sequence);
  }

  KCSAN_INTERNAL_INLINE static void Pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
  }

  uint32_t sequence_ = 0;
};

}  // namespace kcsan

#endif  // KCSAN_ANNOTATIONS_SEQLOCK_H_
