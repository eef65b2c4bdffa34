// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: assert/exclusive_scoped.h
// -----------------------------------------------------------------------------
// The claims of exclusive.h for the rest of a block: they hold from where they
// stand until the end of the enclosing block, whichever way it is left. For
// critical sections and life cycles that have a scope in the source.
//
// While the scope is open, whatever this thread tells the detector of (a marked
// access, a claim, a told access) is an occasion to watch the variable. A
// report names the line of the macro, and the stack the thread had when it was
// caught.
//
// Common to all three, beside what exclusive.h says:
//
//   They declare an object, so they stand where a declaration may. Several may
//   stand in one block, and on one line.
//   The thread that opens the scope must leave it: not co_await, no jump out of
//   the block by longjmp().
//   `var` must outlive the block: the address is taken once, at the beginning.
//   Off: nothing. `var` must compile and is not evaluated.
//   ThreadSanitizer: the access that is made up, once at the beginning and once
//   at the end. It remembers earlier accesses, so that what happens in between
//   is found too.

#ifndef KCSAN_ASSERT_EXCLUSIVE_SCOPED_H_
#define KCSAN_ASSERT_EXCLUSIVE_SCOPED_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/annotations/internal/base.h"
#include "kcsan/assert/exclusive.h"
#include "kcsan/checks.h"
#include "kcsan/config.h"

// -----------------------------------------------------------------------------
// ASSERT_EXCLUSIVE_WRITER_SCOPED(var)
// ASSERT_EXCLUSIVE_ACCESS_SCOPED(var)
// ASSERT_EXCLUSIVE_BITS_SCOPED(var, mask)
// -----------------------------------------------------------------------------
// Until the end of the block: nobody else writes `var`; nobody else reads or
// writes it; nobody else changes the bits of `var` in `mask`.
//
// Example:
//
//   struct Log {
//     unsigned head;
//     char text[64];
//   };
//   void AppendLocked(Log* log, char c) {
//     ASSERT_EXCLUSIVE_WRITER_SCOPED(log->head);
//     const unsigned head = log->head;
//     log->text[head % sizeof(log->text)] = c;
//     WRITE_ONCE(log->head, head + 1);  // readers need no lock
//   }
//   void Recycle(Log* log) {
//     ASSERT_EXCLUSIVE_ACCESS_SCOPED(*log);
//     log->head = 0;
//   }
//
// The kernel has no _BITS_SCOPED. ThreadSanitizer: it claims nothing there.
#define KCSAN_ASSERT_EXCLUSIVE_WRITER_SCOPED(var) \
  KCSAN_INTERNAL_EXCLUSIVE_WRITER_SCOPED(var, #var)
#define KCSAN_ASSERT_EXCLUSIVE_ACCESS_SCOPED(var) \
  KCSAN_INTERNAL_EXCLUSIVE_ACCESS_SCOPED(var, #var)
#define KCSAN_ASSERT_EXCLUSIVE_BITS_SCOPED(var, mask) \
  KCSAN_INTERNAL_EXCLUSIVE_BITS_SCOPED(var, mask, #var)

// -----------------------------------------------------------------------------
// Implementation
// -----------------------------------------------------------------------------

#if KCSAN_INTERNAL_MODE == KCSAN_INTERNAL_MODE_OFF

// A declaration, so that it stands where the others do.
#define KCSAN_INTERNAL_EXCLUSIVE_WRITER_SCOPED(var, text) \
  static_assert(sizeof(KCSAN_INTERNAL_ADDRESS_OF(var)) != 0)
#define KCSAN_INTERNAL_EXCLUSIVE_ACCESS_SCOPED(var, text) \
  static_assert(sizeof(KCSAN_INTERNAL_ADDRESS_OF(var)) != 0)
#define KCSAN_INTERNAL_EXCLUSIVE_BITS_SCOPED(var, mask, text) \
  static_assert(                                              \
      sizeof(KCSAN_INTERNAL_ADDRESS_OF(var)) != 0 &&          \
      sizeof(::kcsan::annotation_internal::ToBitMask<sizeof(var)>(mask)) != 0)

#else

#define KCSAN_INTERNAL_EXCLUSIVE_WRITER_SCOPED(var, text)                   \
  const ::kcsan::annotation_internal::ScopedClaim                           \
  KCSAN_INTERNAL_UNIQUE_NAME()(KCSAN_INTERNAL_ADDRESS_OF(var), sizeof(var), \
                               KCSAN_ACCESS_ASSERT,                         \
                               KCSAN_INTERNAL_SITE_ARG(text))
#define KCSAN_INTERNAL_EXCLUSIVE_ACCESS_SCOPED(var, text)                   \
  const ::kcsan::annotation_internal::ScopedClaim                           \
  KCSAN_INTERNAL_UNIQUE_NAME()(KCSAN_INTERNAL_ADDRESS_OF(var), sizeof(var), \
                               KCSAN_ACCESS_ASSERT | KCSAN_ACCESS_WRITE,    \
                               KCSAN_INTERNAL_SITE_ARG(text))
#define KCSAN_INTERNAL_EXCLUSIVE_BITS_SCOPED(var, mask, text)     \
  const ::kcsan::annotation_internal::ScopedBitsClaim             \
  KCSAN_INTERNAL_UNIQUE_NAME()(                                   \
      KCSAN_INTERNAL_ADDRESS_OF(var), sizeof(var),                \
      ::kcsan::annotation_internal::ToBitMask<sizeof(var)>(mask), \
      KCSAN_INTERNAL_SITE_ARG(text))

namespace kcsan {
inline namespace KCSAN_INTERNAL_MODE_TAG {
namespace annotation_internal {

#if KCSAN_INTERNAL_HAS_RUNTIME()

class ScopedClaim {
 public:
  KCSAN_INTERNAL_INLINE ScopedClaim(const volatile void* ptr, size_t size,
                                    int type, const char* site) {
    kcsan_rt_begin_scoped(&scope_, ptr, size, type, 0, site);
    // Or a report would name the caller, as for a tail call.
    KCSAN_INTERNAL_NO_TAIL_CALL();
  }
  KCSAN_INTERNAL_INLINE ~ScopedClaim() {
    kcsan_rt_end_scoped(&scope_);
    KCSAN_INTERNAL_NO_TAIL_CALL();
  }
  ScopedClaim(const ScopedClaim&) = delete;
  ScopedClaim& operator=(const ScopedClaim&) = delete;

 private:
  // The runtime links it into the thread's list and changes it from there.
  mutable kcsan_scoped_access scope_;
};

class ScopedBitsClaim {
 public:
  KCSAN_INTERNAL_INLINE ScopedBitsClaim(const volatile void* ptr, size_t size,
                                        uint64_t mask, const char* site)
      : is_open_(mask != 0) {
    if (!is_open_) return;  // to the runtime, no mask is all bits
    kcsan_rt_begin_scoped(&scope_, ptr, size, KCSAN_ACCESS_ASSERT, mask, site);
    KCSAN_INTERNAL_NO_TAIL_CALL();
  }
  KCSAN_INTERNAL_INLINE ~ScopedBitsClaim() {
    if (!is_open_) return;
    kcsan_rt_end_scoped(&scope_);
    KCSAN_INTERNAL_NO_TAIL_CALL();
  }
  ScopedBitsClaim(const ScopedBitsClaim&) = delete;
  ScopedBitsClaim& operator=(const ScopedBitsClaim&) = delete;

 private:
  mutable kcsan_scoped_access scope_;
  const bool is_open_;
};

#else  // ThreadSanitizer

class ScopedClaim {
 public:
  KCSAN_INTERNAL_INLINE ScopedClaim(const volatile void* ptr, size_t size,
                                    int type, const char* site)
      : ptr_(ptr), size_(size), type_(type) {
    Claim(ptr_, size_, type_, site);
  }
  KCSAN_INTERNAL_INLINE ~ScopedClaim() { Claim(ptr_, size_, type_, nullptr); }
  ScopedClaim(const ScopedClaim&) = delete;
  ScopedClaim& operator=(const ScopedClaim&) = delete;

 private:
  const volatile void* const ptr_;
  const size_t size_;
  const int type_;
};

class ScopedBitsClaim {
 public:
  KCSAN_INTERNAL_INLINE ScopedBitsClaim(const volatile void*, size_t, uint64_t,
                                        const char*) {}
  // Written out: an unused variable of this type is no reason for a warning.
  KCSAN_INTERNAL_INLINE ~ScopedBitsClaim() {}
  ScopedBitsClaim(const ScopedBitsClaim&) = delete;
  ScopedBitsClaim& operator=(const ScopedBitsClaim&) = delete;
};

#endif

}  // namespace annotation_internal
}  // namespace KCSAN_INTERNAL_MODE_TAG
}  // namespace kcsan

#endif  // KCSAN_INTERNAL_MODE

#include "kcsan/annotations/short_names.inc"

#endif  // KCSAN_ASSERT_EXCLUSIVE_SCOPED_H_
