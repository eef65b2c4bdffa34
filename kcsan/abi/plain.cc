// SPDX-License-Identifier: Apache-2.0
//
// Plain and volatile accesses, as the compilers tell them before they happen.
//
// A volatile access counts as marked if the machine makes it in one piece, as
// in the kernel: it is how C said "concurrent" before it had a word for it.

#include "kcsan/abi/hook.h"

namespace kcsan {
namespace abi {
namespace {

constexpr int kRead = 0;
constexpr int kWrite = KCSAN_ACCESS_WRITE;
constexpr int kReadWrite = KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND;

KCSAN_FAST_PATH void TellVolatile(const volatile void* ptr, size_t size,
                                  int type) {
  const bool one_piece =
      size <= sizeof(uint64_t) && reinterpret_cast<uintptr_t>(ptr) % size == 0;
  if (KCSAN_LIKELY(one_piece)) {
    TellHere(ptr, size, type | KCSAN_ACCESS_ATOMIC);
  } else {
    TellHere(ptr, size, type);
  }
}

}  // namespace

// "unaligned" hooks are for addresses of unknown alignment; what they may
// straddle is found out from the address anyway.
#define KCSAN_SIZED_HOOKS(size)                                                \
  KCSAN_HOOK void __tsan_read##size(void* ptr) { TellHere(ptr, size, kRead); } \
  KCSAN_HOOK void __tsan_write##size(void* ptr) {                              \
    TellHere(ptr, size, kWrite);                                               \
  }                                                                            \
  KCSAN_HOOK void __tsan_read_write##size(void* ptr) {                         \
    TellHere(ptr, size, kReadWrite);                                           \
  }                                                                            \
  KCSAN_HOOK void __tsan_volatile_read##size(void* ptr) {                      \
    TellVolatile(ptr, size, kRead);                                            \
  }                                                                            \
  KCSAN_HOOK void __tsan_volatile_write##size(void* ptr) {                     \
    TellVolatile(ptr, size, kWrite);                                           \
  }                                                                            \
  KCSAN_HOOK void __tsan_unaligned_read##size(void* ptr) {                     \
    TellHere(ptr, size, kRead);                                                \
  }                                                                            \
  KCSAN_HOOK void __tsan_unaligned_write##size(void* ptr) {                    \
    TellHere(ptr, size, kWrite);                                               \
  }                                                                            \
  KCSAN_HOOK void __tsan_unaligned_read_write##size(void* ptr) {               \
    TellHere(ptr, size, kReadWrite);                                           \
  }                                                                            \
  KCSAN_HOOK void __tsan_unaligned_volatile_read##size(void* ptr) {            \
    TellVolatile(ptr, size, kRead);                                            \
  }                                                                            \
  KCSAN_HOOK void __tsan_unaligned_volatile_write##size(void* ptr) {           \
    TellVolatile(ptr, size, kWrite);                                           \
  }

KCSAN_SIZED_HOOKS(1)
KCSAN_SIZED_HOOKS(2)
KCSAN_SIZED_HOOKS(4)
KCSAN_SIZED_HOOKS(8)
KCSAN_SIZED_HOOKS(16)

// Copies of aggregates, and what has no hook of its size. An empty range is no
// access.
KCSAN_HOOK void __tsan_read_range(void* ptr, size_t size) {
  if (size != 0) TellHere(ptr, size, kRead);
}
KCSAN_HOOK void __tsan_write_range(void* ptr, size_t size) {
  if (size != 0) TellHere(ptr, size, kWrite);
}

// A destructor of a base class stores the pointer that stands there already if
// nothing was overridden: only a write that changes it is one.
KCSAN_HOOK void __tsan_vptr_update(void** vptr, void* new_value) {
  if (__atomic_load_n(vptr, __ATOMIC_RELAXED) == new_value) return;
  TellHere(vptr, sizeof(*vptr), kWrite);
}
KCSAN_HOOK void __tsan_vptr_read(void** vptr) {
  TellHere(vptr, sizeof(*vptr), kRead);
}

}  // namespace abi
}  // namespace kcsan
