// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/checked.h
// -----------------------------------------------------------------------------
// kcsan::checked<T>: a variable whose plain accesses tell the detector of
// themselves. For a variable that is supposed to be protected (by a lock, or by
// belonging to one thread) in a program that the compiler does not instrument.

#ifndef KCSAN_ANNOTATIONS_CHECKED_H_
#define KCSAN_ANNOTATIONS_CHECKED_H_

#include <stddef.h>

#include <type_traits>

#include "kcsan/annotations/internal/base.h"
#include "kcsan/checks.h"
#include "kcsan/config.h"

namespace kcsan {
inline namespace KCSAN_INTERNAL_MODE_TAG {
namespace annotation_internal {

// The text that a checked<T> carries into reports: "checked<int>", no file, no
// line. An operator knows nothing of the expression that it stands in.
#if KCSAN_INTERNAL_HAS_RUNTIME()
template <typename T>
class CheckedSite {
  static constexpr size_t kMaxText = 64;  // longer names are cut
  // Room for the three ends: of the text, of an empty file, of an empty line.
  struct Site {
    char text[kMaxText + 3];
  };

  static constexpr size_t Append(Site* site, size_t length, const char* text,
                                 size_t text_length) {
    for (size_t i = 0; i < text_length && length < kMaxText; ++i) {
      site->text[length++] = text[i];
    }
    return length;
  }

  static constexpr Site Make() {
    // "... Make() [with T = int; ...]" or "... Make() [T = int]"
    const char* type = __PRETTY_FUNCTION__;
    while (!(type[0] == 'T' && type[1] == ' ' && type[2] == '=')) ++type;
    type += 4;
    // GCC names other types after a semicolon; else the bracket is the end.
    size_t type_length = 0;
    while (type[type_length] != ';' && type[type_length + 1] != '\0') {
      ++type_length;
    }
    Site site = {};
    size_t length = Append(&site, 0, "checked<", 8);
    length = Append(&site, length, type, type_length);
    Append(&site, length, ">", 1);
    return site;
  }

  static constexpr Site kSite = Make();

 public:
  KCSAN_INTERNAL_INLINE static const char* Text() { return kSite.text; }
};
#else
template <typename T>
struct CheckedSite {
  KCSAN_INTERNAL_INLINE static const char* Text() { return nullptr; }
};
#endif

}  // namespace annotation_internal
}  // namespace KCSAN_INTERNAL_MODE_TAG

// -----------------------------------------------------------------------------
// kcsan::checked<T>
// -----------------------------------------------------------------------------
// Behaves as a T that is read, assigned and computed with, and calls
// kcsan_check_read(), _write() or _read_write() before each access. The access
// itself is a plain one: what is missing a lock is reported, and stays broken.
//
// Example:
//
//   struct Counters {
//     kcsan::checked<long> requests = 0;  // under the server's lock
//     kcsan::checked<int*> buffer = nullptr;
//   };
//   long CountRequest(Counters* counters) {
//     counters->requests++;  // a plain read-write, told as one
//     return counters->requests;
//   }
//
// T  trivially copyable. For a class type there is no `.member`: copy it out.
//
//   checked<T> x = v;     not told: nobody else has the object yet
//   T y = x; x.get()      a read. So is a copy of x, also inside a larger
//                         object that is copied or moved
//   x = v; x = other_x    a write (after a read of the other)
//   x += v; ++x; x--      a read-write; the value is a copy of x, no reference
//   x->member, x[i]       a read of the pointer x, then as usual
//   x.unchecked()         a reference to the T inside, and nothing is told:
//                         for READ_ONCE(), claims, printf("%p")
//
// Reports name the variable's type and not an expression: an operator does not
// know its argument's text. The place is in the stack.
//
// Size, alignment and name are those of one class in every build, so it may
// stand in structures that files of different modes share. Its members are
// always inlined, since their bodies depend on the mode: do not take the
// address of one.
//
// Off, ThreadSanitizer, instrumented files: a plain T, which the compiler tells
// of where it instruments.
template <typename T>
class checked {
  static_assert(std::is_trivially_copyable_v<T> && !std::is_const_v<T> &&
                    !std::is_volatile_v<T> && !std::is_array_v<T>,
                "kcsan::checked<T>: T must be trivially copyable, without "
                "const or volatile, and no array.");

 public:
  // As T does: `checked<int> x;` is not initialised, `checked<int> x{};` is 0.
  checked() = default;
  KCSAN_INTERNAL_INLINE constexpr checked(T value) : value_(value) {}
  KCSAN_INTERNAL_INLINE checked(const checked& other) : value_(other.get()) {}
  // Not virtual, and no destructor of its own: as cheap to drop as a T.

  KCSAN_INTERNAL_INLINE checked& operator=(const checked& other) {
    return *this = other.get();
  }
  KCSAN_INTERNAL_INLINE checked& operator=(T value) {
    TellPlain(KCSAN_ACCESS_WRITE);
    value_ = value;
    return *this;
  }

  KCSAN_INTERNAL_INLINE T get() const {
    TellPlain(0);
    return value_;
  }
  KCSAN_INTERNAL_INLINE operator T() const { return get(); }
  KCSAN_INTERNAL_INLINE T operator->() const { return get(); }

  KCSAN_INTERNAL_INLINE constexpr T& unchecked() { return value_; }
  KCSAN_INTERNAL_INLINE constexpr const T& unchecked() const { return value_; }

  // The operand is of a type of its own: `pointer += 1`, `bits <<= 3`. What it
  // may lose on the way is the user's business, as it is with a plain T.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wfloat-conversion"
#define KCSAN_INTERNAL_CHECKED_COMPOUND(op)                \
  template <typename U>                                    \
  KCSAN_INTERNAL_INLINE T operator op(const U& operand) {  \
    TellPlain(KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND); \
    return value_ op operand;                              \
  }
  KCSAN_INTERNAL_CHECKED_COMPOUND(+=)
  KCSAN_INTERNAL_CHECKED_COMPOUND(-=)
  KCSAN_INTERNAL_CHECKED_COMPOUND(*=)
  KCSAN_INTERNAL_CHECKED_COMPOUND(/=)
  KCSAN_INTERNAL_CHECKED_COMPOUND(%=)
  KCSAN_INTERNAL_CHECKED_COMPOUND(&=)
  KCSAN_INTERNAL_CHECKED_COMPOUND(|=)
  KCSAN_INTERNAL_CHECKED_COMPOUND(^=)
  KCSAN_INTERNAL_CHECKED_COMPOUND(<<=)
  KCSAN_INTERNAL_CHECKED_COMPOUND(>>=)
#undef KCSAN_INTERNAL_CHECKED_COMPOUND
#pragma GCC diagnostic pop

  KCSAN_INTERNAL_INLINE T operator++() {
    TellPlain(KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND);
    return ++value_;
  }
  KCSAN_INTERNAL_INLINE T operator--() {
    TellPlain(KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND);
    return --value_;
  }
  KCSAN_INTERNAL_INLINE T operator++(int) {
    TellPlain(KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND);
    return value_++;
  }
  KCSAN_INTERNAL_INLINE T operator--(int) {
    TellPlain(KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND);
    return value_--;
  }

 private:
  KCSAN_INTERNAL_INLINE void TellPlain(int type) const {
    annotation_internal::TellUnlessInstrumented(
        KCSAN_INTERNAL_ADDRESS_OF(value_), sizeof(T), type,
        annotation_internal::CheckedSite<T>::Text());
  }

  T value_;
};

}  // namespace kcsan

#endif  // KCSAN_ANNOTATIONS_CHECKED_H_
