// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/once.h
// -----------------------------------------------------------------------------
// READ_ONCE(), WRITE_ONCE() and READ_ONCE_NOCHECK(): accesses that are meant to
// be concurrent. For any file that reads or writes shared memory without a lock
// and means to.

#ifndef KCSAN_ANNOTATIONS_ONCE_H_
#define KCSAN_ANNOTATIONS_ONCE_H_

#include <stddef.h>
#include <stdint.h>

#include <type_traits>

#include "kcsan/annotations/internal/base.h"
#include "kcsan/annotations/internal/raw_access.h"
#include "kcsan/checks.h"
#include "kcsan/config.h"

// -----------------------------------------------------------------------------
// READ_ONCE(x)
// -----------------------------------------------------------------------------
// The value of `x`, read exactly once and in one piece, as a value of x's type
// without const and volatile. To the detector it is a marked read: it races
// with a plain write, and with no marked one.
//
// Use it where the other side writes with WRITE_ONCE() (or an atomic store) and
// no lock is held, on purpose. Not for what a lock protects: a mark there hides
// the very bug that the detector is for.
//
// Example:
//
//   struct Queue {
//     bool stop;
//   };
//   void Work(Queue* queue) {
//     while (!READ_ONCE(queue->stop)) {  // pairs with Stop()
//     }
//   }
//   void Stop(Queue* queue) { WRITE_ONCE(queue->stop, true); }
//
// x  an lvalue of 1, 2, 4 or 8 bytes and trivially copyable type: an integer,
//    bool, enum, pointer, float, double, small struct; const, volatile, behind
//    a reference, an array's element, or a field of a packed struct. It is
//    evaluated once. As in sizeof(), it may hold no lambda before C++20.
//
// Not checked, not given: order. Accesses before and after may move across it;
// see smp_load_acquire(). And an object that is less aligned than its size (a
// packed field, or a struct of two ints that is not alignas(8)) is read by one
// instruction, but is atomic only where it does not cross a cache line.
//
// Off: one volatile, relaxed atomic load.
// ThreadSanitizer: the same; seen as atomic. A misaligned object is silenced.
// Errors: another size or type, an array or a bit-field does not compile.
#define KCSAN_READ_ONCE(x) KCSAN_INTERNAL_READ_ONCE(x, #x)

// -----------------------------------------------------------------------------
// WRITE_ONCE(x, v)
// -----------------------------------------------------------------------------
// Sets `x` to `v`, exactly once and in one piece. To the detector it is a
// marked write: it races with plain accesses, and with no marked one.
//
// Example:
//
//   struct Point {
//     short x, y;
//   };
//   struct Shared {
//     int* data;
//     Point point;
//   };
//   void Reset(Shared* shared) {
//     WRITE_ONCE(shared->data, nullptr);    // pairs with ...
//     WRITE_ONCE(shared->point, {10, 20});  // pairs with ...
//   }
//
// x  as for READ_ONCE(), not const. Evaluated once.
// v  what x's type can be initialised from by `=`: it is converted to it first,
//    as an assignment would. Evaluated once, in no particular order with x.
//
// It has no value (void), so that nobody reads back what others may have
// changed. Everything else is as for READ_ONCE().
//
// Off: one volatile, relaxed atomic store.
#define KCSAN_WRITE_ONCE(x, ...) KCSAN_INTERNAL_WRITE_ONCE(x, #x, __VA_ARGS__)

// -----------------------------------------------------------------------------
// READ_ONCE_NOCHECK(x)
// -----------------------------------------------------------------------------
// As READ_ONCE(), and nobody looks: not this detector, not ThreadSanitizer, not
// AddressSanitizer. For code that reads memory of which it knows nothing, such
// as another thread's stack or a page that may not be there.
//
// Example:
//
//   unsigned long PeekStack(const unsigned long* stack_word) {
//     return READ_ONCE_NOCHECK(*stack_word);
//   }
//
// It is one load in the user's own function and nothing else. Where that load
// faults, the signal comes from there, with no lock held and no watchpoint set
// on our side: a handler may leave by siglongjmp().
//
// Off: the same as READ_ONCE().
#define KCSAN_READ_ONCE_NOCHECK(x)                                          \
  ::kcsan::annotation_internal::ReadOnceNoCheck(KCSAN_INTERNAL_TYPE_OF(x),  \
                                                KCSAN_INTERNAL_ALIGN_OF(x), \
                                                KCSAN_INTERNAL_ADDRESS_OF(x))

// -----------------------------------------------------------------------------
// Implementation. `text` is the text of x as the user wrote it, so it is made
// in the outermost macro.
// -----------------------------------------------------------------------------

#define KCSAN_INTERNAL_READ_ONCE(x, text)                    \
  ::kcsan::annotation_internal::ReadOnce(                    \
      KCSAN_INTERNAL_TYPE_OF(x), KCSAN_INTERNAL_ALIGN_OF(x), \
      KCSAN_INTERNAL_ADDRESS_OF(x), KCSAN_INTERNAL_SITE_ARG(text))

#define KCSAN_INTERNAL_WRITE_ONCE(x, text, ...)                    \
  ::kcsan::annotation_internal::WriteOnce(                         \
      KCSAN_INTERNAL_TYPE_OF(x), KCSAN_INTERNAL_ALIGN_OF(x),       \
      KCSAN_INTERNAL_ADDRESS_OF(x), KCSAN_INTERNAL_SITE_ARG(text), \
      __VA_ARGS__)

namespace kcsan {
inline namespace KCSAN_INTERNAL_MODE_TAG {
namespace annotation_internal {

// The compiler tells of the atomic access itself where it instruments the file;
// not of one that raw_access.h has to silence.
template <typename T, size_t kAlign>
KCSAN_INTERNAL_INLINE void TellOnce(const volatile void* ptr, int type,
                                    const char* site) {
#if KCSAN_INTERNAL_IS_INSTRUMENTED()
  if (kAlign >= sizeof(T) ||
      reinterpret_cast<uintptr_t>(ptr) % sizeof(T) == 0) {
    return;
  }
#endif
  Tell(ptr, sizeof(T), type | KCSAN_ACCESS_ATOMIC, site);
}

// They return std::decay_t: of an array it makes a pointer, and the compiler
// gets as far as the sentence in IsOnceType(). It is no different otherwise.
template <typename X, size_t kAlign>
KCSAN_INTERNAL_INLINE std::decay_t<X> ReadOnce(X*, char (*)[kAlign],
                                               const volatile void* ptr,
                                               const char* site) {
  using T = std::remove_cv_t<X>;
  if constexpr (IsOnceType<T>()) {
    TellOnce<T, kAlign>(ptr, 0, site);
    return LoadOnce<T, kAlign>(ptr);
  }
}

template <typename X, size_t kAlign>
KCSAN_INTERNAL_INLINE void WriteOnce(
    X*, char (*)[kAlign], const volatile void* ptr, const char* site,
    typename Identity<std::remove_cv_t<X>>::Type value) {
  using T = std::remove_cv_t<X>;
  static_assert(!std::is_const_v<X>, "WRITE_ONCE: the object is const.");
  if constexpr (IsOnceType<T>() && !std::is_const_v<X>) {
    TellOnce<T, kAlign>(ptr, KCSAN_ACCESS_WRITE, site);
    StoreOnce<T, kAlign>(const_cast<volatile void*>(ptr), value);
  }
}

#if KCSAN_INTERNAL_SANITIZED()
// A sanitizer's pass skips whole functions only, so it has to be one. And Clang
// instruments atomics in any function, so it is a volatile access alone.
template <typename X, size_t kAlign>
__attribute__((noinline, no_sanitize("address", "thread"))) std::decay_t<X>
ReadOnceNoCheck(X*, char (*)[kAlign], const volatile void* ptr) {
  using T = std::remove_cv_t<X>;
  if constexpr (IsOnceType<T>()) {
    using W = Word<sizeof(T)>;
    return __builtin_bit_cast(
        T, typename W::Value{
               *static_cast<const volatile typename W::UnderAligned*>(ptr)});
  }
}
#else
template <typename X, size_t kAlign>
KCSAN_INTERNAL_INLINE std::decay_t<X> ReadOnceNoCheck(
    X*, char (*)[kAlign], const volatile void* ptr) {
  using T = std::remove_cv_t<X>;
  if constexpr (IsOnceType<T>()) return LoadOnce<T, kAlign>(ptr);
}
#endif

}  // namespace annotation_internal
}  // namespace KCSAN_INTERNAL_MODE_TAG
}  // namespace kcsan

#include "kcsan/annotations/short_names.inc"

#endif  // KCSAN_ANNOTATIONS_ONCE_H_
