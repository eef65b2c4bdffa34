// SPDX-License-Identifier: Apache-2.0
//
// Hooks that look at nothing: what a program costs that is instrumented, and
// whose detector does no work at all. The measure for the fast path of the real
// ones. Atomic operations are done, because the compiler leaves them to the
// hooks.

#include <stdint.h>
#include <string.h>

#define PLAIN(name) \
  void name(void* p) { (void)p; }
#define PLAIN_SIZES(name) \
  PLAIN(name##1) PLAIN(name##2) PLAIN(name##4) PLAIN(name##8) PLAIN(name##16)

PLAIN_SIZES(__tsan_read)
PLAIN_SIZES(__tsan_write)
PLAIN_SIZES(__tsan_read_write)
PLAIN_SIZES(__tsan_volatile_read)
PLAIN_SIZES(__tsan_volatile_write)
PLAIN_SIZES(__tsan_unaligned_read)
PLAIN_SIZES(__tsan_unaligned_write)
PLAIN_SIZES(__tsan_unaligned_read_write)
PLAIN_SIZES(__tsan_unaligned_volatile_read)
PLAIN_SIZES(__tsan_unaligned_volatile_write)

PLAIN(__tsan_func_entry)
PLAIN(__tsan_vptr_read)

void __tsan_init(void) {}
void __tsan_func_exit(void) {}

void __tsan_vptr_update(void** p, void* value) {
  (void)p;
  (void)value;
}

void __tsan_read_range(void* p, unsigned long size) {
  (void)p;
  (void)size;
}

void __tsan_write_range(void* p, unsigned long size) {
  (void)p;
  (void)size;
}

void* __tsan_memcpy(void* to, const void* from, unsigned long size) {
  return memcpy(to, from, size);
}

void* __tsan_memmove(void* to, const void* from, unsigned long size) {
  return memmove(to, from, size);
}

void* __tsan_memset(void* to, int value, unsigned long size) {
  return memset(to, value, size);
}

// The order is left at the strongest. On x86 only stores and fences could tell
// the difference, and those switch.
#define MODIFY(bits, op)                                                \
  uint##bits##_t __tsan_atomic##bits##_##op(volatile uint##bits##_t* p, \
                                            uint##bits##_t v, int o) {  \
    (void)o;                                                            \
    return __atomic_##op(p, v, __ATOMIC_SEQ_CST);                       \
  }

#define ATOMIC(bits)                                                          \
  uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t* p, \
                                            int o) {                          \
    (void)o;                                                                  \
    return __atomic_load_n(p, __ATOMIC_SEQ_CST);                              \
  }                                                                           \
  void __tsan_atomic##bits##_store(volatile uint##bits##_t* p,                \
                                   uint##bits##_t v, int o) {                 \
    if ((o & 0x7fff) == __ATOMIC_SEQ_CST) {                                   \
      __atomic_store_n(p, v, __ATOMIC_SEQ_CST);                               \
    } else {                                                                  \
      __atomic_store_n(p, v, __ATOMIC_RELEASE);                               \
    }                                                                         \
  }                                                                           \
  uint##bits##_t __tsan_atomic##bits##_exchange(volatile uint##bits##_t* p,   \
                                                uint##bits##_t v, int o) {    \
    (void)o;                                                                  \
    return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);                       \
  }                                                                           \
  MODIFY(bits, fetch_add)                                                     \
  MODIFY(bits, fetch_sub)                                                     \
  MODIFY(bits, fetch_and)                                                     \
  MODIFY(bits, fetch_or)                                                      \
  MODIFY(bits, fetch_xor)                                                     \
  MODIFY(bits, fetch_nand)                                                    \
  int __tsan_atomic##bits##_compare_exchange_strong(                          \
      volatile uint##bits##_t* p, uint##bits##_t* expected, uint##bits##_t v, \
      int o, int f) {                                                         \
    (void)o;                                                                  \
    (void)f;                                                                  \
    return __atomic_compare_exchange_n(p, expected, v, 0, __ATOMIC_SEQ_CST,   \
                                       __ATOMIC_SEQ_CST);                     \
  }                                                                           \
  int __tsan_atomic##bits##_compare_exchange_weak(                            \
      volatile uint##bits##_t* p, uint##bits##_t* expected, uint##bits##_t v, \
      int o, int f) {                                                         \
    return __tsan_atomic##bits##_compare_exchange_strong(p, expected, v, o,   \
                                                         f);                  \
  }                                                                           \
  uint##bits##_t __tsan_atomic##bits##_compare_exchange_val(                  \
      volatile uint##bits##_t* p, uint##bits##_t expected, uint##bits##_t v,  \
      int o, int f) {                                                         \
    __tsan_atomic##bits##_compare_exchange_strong(p, &expected, v, o, f);     \
    return expected;                                                          \
  }

ATOMIC(8)
ATOMIC(16)
ATOMIC(32)
ATOMIC(64)

void __tsan_atomic_thread_fence(int order) {
  if (order == __ATOMIC_SEQ_CST) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
  } else {
    __atomic_thread_fence(__ATOMIC_ACQ_REL);
  }
}

void __tsan_atomic_signal_fence(int order) {
  (void)order;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
