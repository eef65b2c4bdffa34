// SPDX-License-Identifier: Apache-2.0

#include "kcsan/core/value_change.h"

// GCC and Clang spell the exemptions differently. Each sanitizer is left out
// for its own reason: thread, because the race is the point; address, because
// the program's own access, next in line, gives the better report.
#if defined(__clang__)
#define KCSAN_NO_SANITIZE \
  __attribute__((no_sanitize("thread", "address", "undefined"), noinline))
#else
#define KCSAN_NO_SANITIZE                                 \
  __attribute__((no_sanitize_thread, no_sanitize_address, \
                 no_sanitize_undefined, noinline))
#endif

namespace kcsan {
namespace core {
namespace {

// Any alignment, any type behind it.
typedef uint16_t __attribute__((may_alias, aligned(1))) Unaligned16;
typedef uint32_t __attribute__((may_alias, aligned(1))) Unaligned32;
typedef uint64_t __attribute__((may_alias, aligned(1))) Unaligned64;

}  // namespace

KCSAN_NO_SANITIZE uint64_t ReadValue(const volatile void* ptr, size_t size) {
  switch (size) {
    case 1:
      return *static_cast<const volatile uint8_t*>(ptr);
    case 2:
      return *static_cast<const volatile Unaligned16*>(ptr);
    case 4:
      return *static_cast<const volatile Unaligned32*>(ptr);
    case 8:
      return *static_cast<const volatile Unaligned64*>(ptr);
    case 3:
    case 5:
    case 6:
    case 7: {
      const volatile uint8_t* bytes = static_cast<const volatile uint8_t*>(ptr);
      uint64_t value = 0;
      for (size_t i = 0; i < size; ++i) {
        value |= static_cast<uint64_t>(bytes[i]) << (8 * i);
      }
      return value;
    }
    default:
      return 0;
  }
}

}  // namespace core
}  // namespace kcsan
