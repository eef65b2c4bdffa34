// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/data_racy.h
// -----------------------------------------------------------------------------
// kcsan::data_racy<T>: a variable that is raced on by design, and whose value
// nobody relies on. For statistics and diagnostics. data_race() says it of one
// expression, this of a variable, once and for all.

#ifndef KCSAN_ANNOTATIONS_DATA_RACY_H_
#define KCSAN_ANNOTATIONS_DATA_RACY_H_

#include <stddef.h>

#include <type_traits>

#include "kcsan/annotations/internal/base.h"

namespace kcsan {

// -----------------------------------------------------------------------------
// kcsan::data_racy<T>
// -----------------------------------------------------------------------------
// Behaves as a T that may be read and changed by any thread at any time. No
// detector looks at it. Each load and each store is whole (volatile, relaxed
// atomic), and so is not a data race to the language either; but there are no
// atomic read-modify-writes: `x++` is a load and a store, and of two that
// happen at once one may get lost. That is the bargain: no locked instruction.
//
// Example:
//
//   struct Statistics {
//     kcsan::data_racy<unsigned long> lookups = 0;
//   };
//   void CountLookup(Statistics* statistics) { statistics->lookups++; }
//   unsigned long Lookups(const Statistics& statistics) {
//     return statistics.lookups;  // about that many
//   }
//
// T  an integer, bool, enum, pointer, float or double, of at most 8 bytes.
//
// Not for what must add up (use std::atomic, or a lock), nor for a flag that
// publishes something: nothing is ordered.
//
// Size, alignment, name and code are those of one class in every build, so it
// may stand in structures that files of different modes share. A larger object
// that holds one and is copied as a whole, copies it as described.
//
// Off, ThreadSanitizer, this detector: the same.
template <typename T>
class data_racy {
  static_assert(std::is_scalar_v<T> && !std::is_const_v<T> &&
                    !std::is_volatile_v<T> && sizeof(T) <= 8 &&
                    alignof(T) == sizeof(T),
                "kcsan::data_racy<T>: T must be an integer, bool, enum, "
                "pointer, float or double, without const or volatile.");

 public:
  // As T does: `data_racy<int> x;` is not initialised, `data_racy<int> x{};`
  // is.
  data_racy() = default;
  KCSAN_INTERNAL_INLINE constexpr data_racy(T value) : value_(value) {}
  KCSAN_INTERNAL_INLINE data_racy(const data_racy& other)
      : value_(other.get()) {}

  KCSAN_INTERNAL_INLINE data_racy& operator=(const data_racy& other) {
    return *this = other.get();
  }
  KCSAN_INTERNAL_INLINE data_racy& operator=(T value) {
    set(value);
    return *this;
  }

  KCSAN_INTERNAL_INLINE T get() const {
    T value;
    __atomic_load(const_cast<const volatile T*>(&value_), &value,
                  __ATOMIC_RELAXED);
    return value;
  }
  KCSAN_INTERNAL_INLINE void set(T value) {
    __atomic_store(const_cast<volatile T*>(&value_), &value, __ATOMIC_RELAXED);
  }
  KCSAN_INTERNAL_INLINE operator T() const { return get(); }

  // Each returns the value that it stored (x++ and x--: the one before), which
  // need not be there any more.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wfloat-conversion"
#define KCSAN_INTERNAL_RACY_COMPOUND(op)                  \
  template <typename U>                                   \
  KCSAN_INTERNAL_INLINE T operator op(const U& operand) { \
    T value = get();                                      \
    value op operand;                                     \
    set(value);                                           \
    return value;                                         \
  }
  KCSAN_INTERNAL_RACY_COMPOUND(+=)
  KCSAN_INTERNAL_RACY_COMPOUND(-=)
  KCSAN_INTERNAL_RACY_COMPOUND(*=)
  KCSAN_INTERNAL_RACY_COMPOUND(/=)
  KCSAN_INTERNAL_RACY_COMPOUND(%=)
  KCSAN_INTERNAL_RACY_COMPOUND(&=)
  KCSAN_INTERNAL_RACY_COMPOUND(|=)
  KCSAN_INTERNAL_RACY_COMPOUND(^=)
  KCSAN_INTERNAL_RACY_COMPOUND(<<=)
  KCSAN_INTERNAL_RACY_COMPOUND(>>=)
#undef KCSAN_INTERNAL_RACY_COMPOUND
#pragma GCC diagnostic pop

  KCSAN_INTERNAL_INLINE T operator++() { return *this += 1; }
  KCSAN_INTERNAL_INLINE T operator--() { return *this -= 1; }
  KCSAN_INTERNAL_INLINE T operator++(int) {
    const T before = get();
    T value = before;
    set(++value);
    return before;
  }
  KCSAN_INTERNAL_INLINE T operator--(int) {
    const T before = get();
    T value = before;
    set(--value);
    return before;
  }

 private:
  T value_;
};

}  // namespace kcsan

#endif  // KCSAN_ANNOTATIONS_DATA_RACY_H_
