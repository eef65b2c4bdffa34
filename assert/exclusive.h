// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: assert/exclusive.h
// -----------------------------------------------------------------------------
// ASSERT_EXCLUSIVE_WRITER(), ASSERT_EXCLUSIVE_ACCESS() and
// ASSERT_EXCLUSIVE_BITS(): claims about who else may touch a variable at this
// point. For code whose rules are stricter than "no data race": a claim is
// checked also where every access is atomic, and no lock has to be known.
//
// A claim is not an access. The detector watches the variable at the place of
// the claim, for some microseconds and now and then, and reports "assert: race"
// with both threads when somebody does what the claim excludes. For a claim
// that holds until the end of a block see exclusive_scoped.h.
//
// Common to all three:
//
//   var  any lvalue, of any size: const, volatile, a field of a packed struct,
//        an array, a whole struct. Only its address is taken. Not a bit-field:
//        use ASSERT_EXCLUSIVE_BITS() on the word that holds it. As in sizeof(),
//        no lambda before C++20.
//   Off: nothing. `var` must compile and is not evaluated.
//   ThreadSanitizer: it knows no claims, but is shown an access that is made
//        up, and reports what conflicts with it (see each macro). Its idea of
//        "at the same time" is stricter: not ordered by any synchronisation.
//
// A claim says nothing of this thread's own accesses, and cannot see what the
// detector cannot see: a writer in code without annotations shows only by the
// value it leaves.

#ifndef KCSAN_ASSERT_EXCLUSIVE_H_
#define KCSAN_ASSERT_EXCLUSIVE_H_

#include <stddef.h>
#include <stdint.h>

#include <type_traits>

#include "kcsan/annotations/internal/base.h"
#include "kcsan/checks.h"
#include "kcsan/config.h"

// -----------------------------------------------------------------------------
// ASSERT_EXCLUSIVE_WRITER(var)
// -----------------------------------------------------------------------------
// Nobody else writes `var` now. Others may read it.
//
// Its place is beside the WRITE_ONCE() under the lock that all writers take:
// readers go without the lock, so no write is a data race, and a writer that
// forgot the lock would go unnoticed.
//
// Example:
//
//   struct Account {
//     long balance;  // writers hold the lock; readers need not
//   };
//   void AddLocked(Account* account, long amount) {
//     ASSERT_EXCLUSIVE_WRITER(account->balance);
//     WRITE_ONCE(account->balance, account->balance + amount);
//   }
//
// Not where several writers without a lock are legal.
// ThreadSanitizer: a plain read, which conflicts with every write.
#define KCSAN_ASSERT_EXCLUSIVE_WRITER(var) \
  KCSAN_INTERNAL_EXCLUSIVE_WRITER(var, #var)

// -----------------------------------------------------------------------------
// ASSERT_EXCLUSIVE_ACCESS(var)
// -----------------------------------------------------------------------------
// Nobody else reads or writes `var` now, marked or not.
//
// Its places: after the last reference was dropped and before the object is
// freed or reused; in a constructor or Init(), before the object is published;
// in a queue's slot that this thread has just claimed.
//
// Example:
//
//   struct Object {
//     int references;
//     int value;
//   };
//   void Put(Object* object) {
//     if (__atomic_sub_fetch(&object->references, 1, __ATOMIC_ACQ_REL) == 0) {
//       ASSERT_EXCLUSIVE_ACCESS(*object);
//       delete object;
//     }
//   }
//
// To measure a stress test, put it into all parties: every pair should be
// reported, and a pair that is not never overlapped.
// ThreadSanitizer: a plain write, which conflicts with every access.
#define KCSAN_ASSERT_EXCLUSIVE_ACCESS(var) \
  KCSAN_INTERNAL_EXCLUSIVE_ACCESS(var, #var)

// -----------------------------------------------------------------------------
// ASSERT_EXCLUSIVE_BITS(var, mask)
// -----------------------------------------------------------------------------
// Nobody else changes the bits of `var` that are set in `mask` now. The rest of
// the word may change at any time.
//
// Its place is a flags word some bits of which have an owner, or never change
// once set up, while others are set and cleared by everybody.
//
// Example:
//
//   constexpr unsigned kTypeBits = 0x0f;  // fixed when created
//   int TypeOf(const unsigned* flags) {
//     ASSERT_EXCLUSIVE_BITS(*flags, kTypeBits);
//     return static_cast<int>(READ_ONCE(*flags) & kTypeBits);
//   }
//
// var   at most 8 bytes.
// mask  an integer or enum, evaluated once: bits of the value as it is in
//       memory. A mask of 0 claims nothing.
//
// Not checked: a write that leaves these bits as they are, or sets them back
// before anybody looks. What shows is a change.
// ThreadSanitizer: nothing. It cannot tell the bits of a word apart.
// Errors: a larger variable does not compile.
#define KCSAN_ASSERT_EXCLUSIVE_BITS(var, mask) \
  KCSAN_INTERNAL_EXCLUSIVE_BITS(var, mask, #var)

// -----------------------------------------------------------------------------
// Implementation
// -----------------------------------------------------------------------------

#if KCSAN_INTERNAL_MODE == KCSAN_INTERNAL_MODE_OFF

#define KCSAN_INTERNAL_EXCLUSIVE_WRITER(var, text) \
  ((void)sizeof(KCSAN_INTERNAL_ADDRESS_OF(var)))
#define KCSAN_INTERNAL_EXCLUSIVE_ACCESS(var, text) \
  ((void)sizeof(KCSAN_INTERNAL_ADDRESS_OF(var)))
#define KCSAN_INTERNAL_EXCLUSIVE_BITS(var, mask, text) \
  ((void)sizeof(KCSAN_INTERNAL_ADDRESS_OF(var)),       \
   (void)sizeof(::kcsan::annotation_internal::ToBitMask<sizeof(var)>(mask)))

#else

#define KCSAN_INTERNAL_EXCLUSIVE_WRITER(var, text)                      \
  ::kcsan::annotation_internal::Claim(KCSAN_INTERNAL_ADDRESS_OF(var),   \
                                      sizeof(var), KCSAN_ACCESS_ASSERT, \
                                      KCSAN_INTERNAL_SITE_ARG(text))
#define KCSAN_INTERNAL_EXCLUSIVE_ACCESS(var, text) \
  ::kcsan::annotation_internal::Claim(             \
      KCSAN_INTERNAL_ADDRESS_OF(var), sizeof(var), \
      KCSAN_ACCESS_ASSERT | KCSAN_ACCESS_WRITE, KCSAN_INTERNAL_SITE_ARG(text))
#define KCSAN_INTERNAL_EXCLUSIVE_BITS(var, mask, text)            \
  ::kcsan::annotation_internal::ClaimBits(                        \
      KCSAN_INTERNAL_ADDRESS_OF(var), sizeof(var),                \
      ::kcsan::annotation_internal::ToBitMask<sizeof(var)>(mask), \
      KCSAN_INTERNAL_SITE_ARG(text))

#endif

namespace kcsan {
inline namespace KCSAN_INTERNAL_MODE_TAG {
namespace annotation_internal {

// In the function's type, so that they are looked at although it is not called
// when off.
template <size_t kSize, typename M>
struct BitMask {
  static_assert(kSize <= 8,
                "ASSERT_EXCLUSIVE_BITS: the variable must have at most 8 "
                "bytes. Name the member that holds the bits.");
  static_assert(std::is_integral_v<M> || std::is_enum_v<M>,
                "ASSERT_EXCLUSIVE_BITS: the mask must be an integer or enum.");
  using Type = uint64_t;
};

template <size_t kSize, typename M>
KCSAN_INTERNAL_INLINE constexpr typename BitMask<kSize, M>::Type ToBitMask(
    M mask) {
  // A negative mask, such as ~7, has its upper bits set too: they are past the
  // variable's end and mean nothing.
  return static_cast<uint64_t>(mask);
}

KCSAN_INTERNAL_INLINE void ClaimBits([[maybe_unused]] const volatile void* ptr,
                                     [[maybe_unused]] size_t size,
                                     [[maybe_unused]] uint64_t mask,
                                     [[maybe_unused]] const char* site) {
#if KCSAN_INTERNAL_HAS_RUNTIME()
  if (mask == 0) return;  // to the runtime, no mask is all bits
  kcsan_rt_fast_assert_bits(ptr, size, mask, site);
#endif
}

}  // namespace annotation_internal
}  // namespace KCSAN_INTERNAL_MODE_TAG
}  // namespace kcsan

#include "kcsan/annotations/short_names.inc"

#endif  // KCSAN_ASSERT_EXCLUSIVE_H_
