// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/once_memcpy.h
// -----------------------------------------------------------------------------
// once_memcpy() and once_memcpy_to(): READ_ONCE() and WRITE_ONCE() for more
// than 8 bytes. For data that others change, or read, while it is copied: what
// a seqlock protects, a buffer shared with another process or a device.

#ifndef KCSAN_ANNOTATIONS_ONCE_MEMCPY_H_
#define KCSAN_ANNOTATIONS_ONCE_MEMCPY_H_

#include <stddef.h>
#include <stdint.h>

#include <type_traits>

#include "kcsan/annotations/internal/base.h"
#include "kcsan/annotations/internal/raw_access.h"
#include "kcsan/checks.h"

// -----------------------------------------------------------------------------
// once_memcpy(dst, src, n)
// once_memcpy_to(dst, src, n)
// -----------------------------------------------------------------------------
// Copy `n` bytes: out of shared memory into memory of this thread's own, or the
// other way. The shared side is accessed in pieces of 8, 4, 2 and 1 bytes, each
// aligned, each byte once. To the detector that is one marked read of src (or
// one marked write of dst).
//
// Why not memcpy(): it is a plain access. It may read a byte twice, or in any
// order; concurrent with a write it is undefined, also where the result is
// thrown away afterwards, as in a seqlock's reader.
//
// Example:
//
//   struct Sample {
//     long time, value;
//   };
//   void Snapshot(Sample* own, const Sample* shared) {
//     // Pairs with once_memcpy_to() in Publish(). The two members may be of
//     // different samples; a SeqCount would tell.
//     once_memcpy(own, shared, sizeof(*own));
//   }
//   void Publish(Sample* shared, const Sample* own) {
//     once_memcpy_to(shared, own, sizeof(*own));
//   }
//
// The shared pointer needs the alignment of its own type: none if that is void*
// or char*. A naturally aligned object of up to 8 bytes that lies in the range
// as a whole is copied in one piece. The range is not: the copy may be half
// old, half new.
//
// Not checked: overlap, which is not allowed. The own side, which is accessed
// plainly and not told. Not given: order, neither of the pieces nor of what
// comes before and after.
//
// Off: the same loops.
// ThreadSanitizer: sees the pieces as atomic.
// Pieces of one size and accesses of another to the same bytes are outside of
// what the language's memory model describes, and well-behaved on x86-64 and
// aarch64.
#define KCSAN_ONCE_MEMCPY(dst, src, n) \
  KCSAN_INTERNAL_ONCE_MEMCPY(dst, src, n, #src)
#define KCSAN_ONCE_MEMCPY_TO(dst, src, n) \
  KCSAN_INTERNAL_ONCE_MEMCPY_TO(dst, src, n, #dst)

// -----------------------------------------------------------------------------
// Implementation
// -----------------------------------------------------------------------------

#define KCSAN_INTERNAL_ONCE_MEMCPY(dst, src, n, text)         \
  ::kcsan::annotation_internal::OnceMemcpy((dst), (src), (n), \
                                           KCSAN_INTERNAL_SITE_ARG(text))
#define KCSAN_INTERNAL_ONCE_MEMCPY_TO(dst, src, n, text)        \
  ::kcsan::annotation_internal::OnceMemcpyTo((dst), (src), (n), \
                                             KCSAN_INTERNAL_SITE_ARG(text))

namespace kcsan {
inline namespace KCSAN_INTERNAL_MODE_TAG {
namespace annotation_internal {

// Which way to copy. kSize is that of the piece and the alignment of `shared`.
struct CopyFromShared {
  using Shared = const volatile unsigned char*;
  using Own = unsigned char*;
  template <size_t kSize>
  KCSAN_INTERNAL_INLINE static void Copy(Own own, Shared shared) {
    using Value = typename Word<kSize>::Value;
    const Value value = LoadOnce<Value, kSize>(shared);
    __builtin_memcpy(own, &value, kSize);
  }
};

struct CopyToShared {
  using Shared = volatile unsigned char*;
  using Own = const unsigned char*;
  template <size_t kSize>
  KCSAN_INTERNAL_INLINE static void Copy(Own own, Shared shared) {
    using Value = typename Word<kSize>::Value;
    Value value;
    __builtin_memcpy(&value, own, kSize);
    StoreOnce<Value, kSize>(shared, value);
  }
};

template <typename Direction>
struct PieceCopier {
  typename Direction::Own own;
  typename Direction::Shared shared;
  size_t left;

  template <size_t kSize>
  KCSAN_INTERNAL_INLINE void Copy() {
    Direction::template Copy<kSize>(own, shared);
    own += kSize;
    shared += kSize;
    left -= kSize;
  }

  // Where `shared` may be, and is, an odd multiple of kSize, and there is so
  // much to copy.
  template <size_t kSize, size_t kAlign>
  KCSAN_INTERNAL_INLINE void CopyIfOdd() {
    if (kAlign <= kSize && (reinterpret_cast<uintptr_t>(shared) & kSize) != 0 &&
        left >= kSize) {
      Copy<kSize>();
    }
  }

  template <size_t kSize>
  KCSAN_INTERNAL_INLINE void CopyIfLeft() {
    if (left >= kSize) Copy<kSize>();
  }

  // Small pieces until 8 is the alignment, then 8 at a time, then small pieces
  // again: a piece never ends inside an aligned object that is all there.
  // With kAlign, what is known of `shared`, and a constant size, the compiler
  // is left with straight code.
  template <size_t kAlign>
  KCSAN_INTERNAL_INLINE void CopyAll() {
    CopyIfOdd<1, kAlign>();
    CopyIfOdd<2, kAlign>();
    CopyIfOdd<4, kAlign>();
    while (left >= 8) Copy<8>();
    CopyIfLeft<4>();
    CopyIfLeft<2>();
    CopyIfLeft<1>();
  }
};

// What the type of the shared pointer says of its alignment. Of void nothing,
// as of a type that is not complete here.
template <typename S, typename = void>
struct AlignmentOf : std::integral_constant<size_t, 1> {};
template <typename S>
struct AlignmentOf<S, std::void_t<decltype(sizeof(S))>>
    : std::integral_constant<size_t, alignof(S)> {};

template <typename S>
KCSAN_INTERNAL_INLINE void OnceMemcpy(void* dst, const volatile S* src,
                                      size_t n, const char* site) {
  if (n == 0) return;
  TellUnlessInstrumented(src, n, KCSAN_ACCESS_ATOMIC, site);
  const volatile void* const shared = src;
  PieceCopier<CopyFromShared>{
      static_cast<unsigned char*>(dst),
      static_cast<const volatile unsigned char*>(shared), n}
      .template CopyAll<AlignmentOf<S>::value>();
}

template <typename S>
KCSAN_INTERNAL_INLINE void OnceMemcpyTo(volatile S* dst, const void* src,
                                        size_t n, const char* site) {
  if (n == 0) return;
  TellUnlessInstrumented(dst, n, KCSAN_ACCESS_ATOMIC | KCSAN_ACCESS_WRITE,
                         site);
  volatile void* const shared = dst;
  PieceCopier<CopyToShared>{static_cast<const unsigned char*>(src),
                            static_cast<volatile unsigned char*>(shared), n}
      .template CopyAll<AlignmentOf<S>::value>();
}

}  // namespace annotation_internal
}  // namespace KCSAN_INTERNAL_MODE_TAG
}  // namespace kcsan

#include "kcsan/annotations/short_names.inc"

#endif  // KCSAN_ANNOTATIONS_ONCE_MEMCPY_H_
