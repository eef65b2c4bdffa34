// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/internal/raw_access.h
// -----------------------------------------------------------------------------
// One access to memory that others may access at the same time: made once, in
// one piece, and told to no one. Only for headers in annotations/, which tell.
//
// Volatile and atomic, both. Volatile alone is torn or invented by no compiler
// that we know, but is a data race to the language and to ThreadSanitizer.
// Atomic alone may be fused with its neighbour or left out.

#ifndef KCSAN_ANNOTATIONS_INTERNAL_RAW_ACCESS_H_
#define KCSAN_ANNOTATIONS_INTERNAL_RAW_ACCESS_H_

#include <stddef.h>
#include <stdint.h>

#include <type_traits>

#include "kcsan/annotations/internal/base.h"
#include "kcsan/config.h"

#if !__has_builtin(__builtin_bit_cast)
#error "kcsan needs __builtin_bit_cast: GCC 11, Clang 9, or newer."
#endif

namespace kcsan {
inline namespace KCSAN_INTERNAL_MODE_TAG {
namespace annotation_internal {

// The unsigned integer of a size, in the three forms that are needed here. Not
// built by a template from one type: GCC drops attributes of dependent types.
template <size_t kSize>
struct Word;

#define KCSAN_INTERNAL_WORD(size, type)                               \
  template <>                                                         \
  struct Word<size> {                                                 \
    typedef type Value;                                               \
    typedef type __attribute__((may_alias)) Aligned;                  \
    typedef type __attribute__((may_alias, aligned(1))) UnderAligned; \
  }
KCSAN_INTERNAL_WORD(1, uint8_t);
KCSAN_INTERNAL_WORD(2, uint16_t);
KCSAN_INTERNAL_WORD(4, uint32_t);
KCSAN_INTERNAL_WORD(8, uint64_t);
#undef KCSAN_INTERNAL_WORD

// Can a T go through one machine access? Says why not, in words that a user of
// READ_ONCE() understands, before anything deeper fails.
template <typename T>
constexpr bool IsOnceType() {
  static_assert(!std::is_array_v<T>,
                "READ_ONCE/WRITE_ONCE: an array is not one value. Name one of "
                "its elements, or copy it with once_memcpy().");
  constexpr bool kArray = std::is_array_v<T>;
  constexpr bool kSized = kArray || sizeof(T) == 1 || sizeof(T) == 2 ||
                          sizeof(T) == 4 || sizeof(T) == 8;
  static_assert(kSized,
                "READ_ONCE/WRITE_ONCE: the object must have 1, 2, 4 or 8 "
                "bytes, or no machine accesses it in one piece. Mark one "
                "member, or copy the whole with once_memcpy().");
  constexpr bool kCopyable =
      !kSized || kArray || std::is_trivially_copyable_v<T>;
  static_assert(kCopyable,
                "READ_ONCE/WRITE_ONCE: the type must be trivially copyable, "
                "because its bytes are copied and no constructor is run.");
  return !kArray && kSized && kCopyable;
}

// On x86-64 and aarch64 an under-aligned word is one instruction too, but is
// one access only inside a cache line. Under -fsanitize=thread it would look
// plain to the runtime behind the hooks; where it happens to be aligned at run
// time it is made atomic after all, else it is silenced.
template <typename W>
KCSAN_INTERNAL_INLINE typename W::Value LoadUnderAligned(
    const volatile void* ptr) {
#if KCSAN_INTERNAL_SANITIZE_THREAD()
  if (reinterpret_cast<uintptr_t>(ptr) % sizeof(typename W::Value) == 0) {
    return __atomic_load_n(
        static_cast<const volatile typename W::Aligned*>(ptr),
        __ATOMIC_RELAXED);
  }
  const SilenceScope silence;
#endif
  return *static_cast<const volatile typename W::UnderAligned*>(ptr);
}

template <typename W>
KCSAN_INTERNAL_INLINE void StoreUnderAligned(volatile void* ptr,
                                             typename W::Value word) {
#if KCSAN_INTERNAL_SANITIZE_THREAD()
  if (reinterpret_cast<uintptr_t>(ptr) % sizeof(word) == 0) {
    __atomic_store_n(static_cast<volatile typename W::Aligned*>(ptr), word,
                     __ATOMIC_RELAXED);
    return;
  }
  const SilenceScope silence;
#endif
  *static_cast<volatile typename W::UnderAligned*>(ptr) = word;
}

// `kAlign` is what is known of the address; below sizeof(T), under-aligned.
template <typename T, size_t kAlign, int kOrder = __ATOMIC_RELAXED>
KCSAN_INTERNAL_INLINE T LoadOnce(const volatile void* ptr) {
  using W = Word<sizeof(T)>;
  if constexpr (kAlign >= sizeof(T)) {
    return __builtin_bit_cast(
        T, typename W::Value{__atomic_load_n(
               static_cast<const volatile typename W::Aligned*>(ptr), kOrder)});
  } else {
    static_assert(kOrder == __ATOMIC_RELAXED);
    return __builtin_bit_cast(T, LoadUnderAligned<W>(ptr));
  }
}

template <typename T, size_t kAlign, int kOrder = __ATOMIC_RELAXED>
KCSAN_INTERNAL_INLINE void StoreOnce(volatile void* ptr, T value) {
  using W = Word<sizeof(T)>;
  const auto word = __builtin_bit_cast(typename W::Value, value);
  if constexpr (kAlign >= sizeof(T)) {
    __atomic_store_n(static_cast<volatile typename W::Aligned*>(ptr), word,
                     kOrder);
  } else {
    static_assert(kOrder == __ATOMIC_RELAXED);
    StoreUnderAligned<W>(ptr, word);
  }
}

}  // namespace annotation_internal
}  // namespace KCSAN_INTERNAL_MODE_TAG
}  // namespace kcsan

#endif  // KCSAN_ANNOTATIONS_INTERNAL_RAW_ACCESS_H_
