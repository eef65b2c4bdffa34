// SPDX-License-Identifier: Apache-2.0
//
// Atomic operations on 16 bytes. Built on one compare-and-swap of the machine,
// as libatomic's are, so that instrumented and other code may share an object.
// All are seq_cst, which is at least what was asked for.
//
// A load is a compare-and-swap too, and faults in memory that is read-only.

#include "kcsan/abi/atomic_access.h"

namespace kcsan {
namespace abi {
namespace {

__extension__ using Bits128 = unsigned __int128;

KCSAN_FAST_PATH Bits128 Load(int, const volatile Bits128* ptr) {
  return __sync_val_compare_and_swap(const_cast<volatile Bits128*>(ptr),
                                     Bits128{0}, Bits128{0});
}

#define KCSAN_DEFINE_MODIFY(Name, expression)                                  \
  KCSAN_FAST_PATH Bits128 Name(int, volatile Bits128* ptr, Bits128 value) {    \
    /* May be torn; then the exchange fails and tells what was there. */       \
    Bits128 old = *ptr;                                                        \
    for (;;) {                                                                 \
      const Bits128 found = __sync_val_compare_and_swap(ptr, old, expression); \
      if (found == old) return old;                                            \
      old = found;                                                             \
    }                                                                          \
  }
KCSAN_DEFINE_MODIFY(Exchange, value)
KCSAN_DEFINE_MODIFY(FetchAdd, old + value)
KCSAN_DEFINE_MODIFY(FetchSub, old - value)
KCSAN_DEFINE_MODIFY(FetchAnd, (old & value))
KCSAN_DEFINE_MODIFY(FetchOr, old | value)
KCSAN_DEFINE_MODIFY(FetchXor, old ^ value)
KCSAN_DEFINE_MODIFY(FetchNand, ~(old& value))

KCSAN_FAST_PATH void Store(int order, volatile Bits128* ptr, Bits128 value) {
  Exchange(order, ptr, value);
}

KCSAN_FAST_PATH Bits128 CompareExchangeValue(int, volatile Bits128* ptr,
                                             Bits128 expected,
                                             Bits128 desired) {
  return __sync_val_compare_and_swap(ptr, expected, desired);
}

KCSAN_FAST_PATH int CompareExchange(int order, volatile Bits128* ptr,
                                    Bits128* expected, Bits128 desired) {
  const Bits128 found = CompareExchangeValue(order, ptr, *expected, desired);
  if (found == *expected) return 1;
  *expected = found;
  return 0;
}

}  // namespace

KCSAN_HOOK Bits128 __tsan_atomic128_load(const volatile Bits128* ptr,
                                         int order) {
  return RunAtomic<kAtomicLoad, Load>(KCSAN_HOOK_PC(), order, ptr);
}

KCSAN_HOOK void __tsan_atomic128_store(volatile Bits128* ptr, Bits128 value,
                                       int order) {
  return RunAtomic<kAtomicStore, Store>(KCSAN_HOOK_PC(), order, ptr, value);
}

#define KCSAN_ATOMIC128_MODIFY(name, Name)                                     \
  KCSAN_HOOK Bits128 __tsan_atomic128_##name(volatile Bits128* ptr,            \
                                             Bits128 value, int order) {       \
    return RunAtomic<kAtomicModify, Name>(KCSAN_HOOK_PC(), order, ptr, value); \
  }
KCSAN_ATOMIC128_MODIFY(exchange, Exchange)
KCSAN_ATOMIC128_MODIFY(fetch_add, FetchAdd)
KCSAN_ATOMIC128_MODIFY(fetch_sub, FetchSub)
KCSAN_ATOMIC128_MODIFY(fetch_and, FetchAnd)
KCSAN_ATOMIC128_MODIFY(fetch_or, FetchOr)
KCSAN_ATOMIC128_MODIFY(fetch_xor, FetchXor)
KCSAN_ATOMIC128_MODIFY(fetch_nand, FetchNand)

KCSAN_HOOK Bits128 __tsan_atomic128_compare_exchange_val(volatile Bits128* ptr,
                                                         Bits128 expected,
                                                         Bits128 desired,
                                                         int success, int) {
  return RunAtomic<kAtomicModify, CompareExchangeValue>(
      KCSAN_HOOK_PC(), success, ptr, expected, desired);
}

#define KCSAN_ATOMIC128_COMPARE_EXCHANGE(name)                                 \
  KCSAN_HOOK int __tsan_atomic128_compare_exchange_##name(                     \
      volatile Bits128* ptr, Bits128* expected, Bits128 desired, int success,  \
      int) {                                                                   \
    return RunAtomic<kAtomicModify, CompareExchange>(KCSAN_HOOK_PC(), success, \
                                                     ptr, expected, desired);  \
  }
KCSAN_ATOMIC128_COMPARE_EXCHANGE(strong)
KCSAN_ATOMIC128_COMPARE_EXCHANGE(weak)

}  // namespace abi
}  // namespace kcsan
