// SPDX-License-Identifier: Apache-2.0
//
// Atomic operations. The compilers replace them by these calls, so they are not
// only told here but done, with the memory order that was asked for.

#include "kcsan/abi/atomic_access.h"

// In a build of this repository for ThreadSanitizer GCC would warn of the
// fences below, which that one does not know.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wtsan"
#endif

namespace kcsan {
namespace abi {
namespace {

using Bits8 = uint8_t;
using Bits16 = uint16_t;
using Bits32 = uint32_t;
using Bits64 = uint64_t;

// The builtins take the order as a constant; anything else they do as seq_cst.
template <int kOrder>
struct Order {
  static constexpr int value = kOrder;
  // The strongest that a failed exchange may have beside it.
  static constexpr int failure = kOrder == __ATOMIC_RELEASE   ? __ATOMIC_RELAXED
                                 : kOrder == __ATOMIC_ACQ_REL ? __ATOMIC_ACQUIRE
                                                              : kOrder;
};

#define KCSAN_LAMBDA __attribute__((always_inline))

// Calls `act` with `order` as a constant. A locked instruction of x86 is
// seq_cst whatever was asked for.
template <typename Act>
KCSAN_FAST_PATH auto WithOrder(int order, const Act& act) {
#if !defined(__x86_64__)
  switch (order) {
    case __ATOMIC_RELAXED:
      return act(Order<__ATOMIC_RELAXED>());
    case __ATOMIC_CONSUME:
    case __ATOMIC_ACQUIRE:
      return act(Order<__ATOMIC_ACQUIRE>());
    case __ATOMIC_RELEASE:
      return act(Order<__ATOMIC_RELEASE>());
    case __ATOMIC_ACQ_REL:
      return act(Order<__ATOMIC_ACQ_REL>());
    default:
      break;
  }
#endif
  (void)order;
  return act(Order<__ATOMIC_SEQ_CST>());
}

template <typename T>
KCSAN_FAST_PATH T Load(int order, const volatile T* ptr) {
#if defined(__x86_64__)
  order = __ATOMIC_SEQ_CST;  // the same plain mov
#endif
  switch (order) {
    case __ATOMIC_RELAXED:
      return __atomic_load_n(ptr, __ATOMIC_RELAXED);
    case __ATOMIC_CONSUME:
    case __ATOMIC_ACQUIRE:
      return __atomic_load_n(ptr, __ATOMIC_ACQUIRE);
    default:
      return __atomic_load_n(ptr, __ATOMIC_SEQ_CST);
  }
}

template <typename T>
KCSAN_FAST_PATH void Store(int order, volatile T* ptr, T value) {
  switch (order) {
    case __ATOMIC_RELAXED:
      return __atomic_store_n(ptr, value, __ATOMIC_RELAXED);
    case __ATOMIC_RELEASE:
      return __atomic_store_n(ptr, value, __ATOMIC_RELEASE);
    default:
      return __atomic_store_n(ptr, value, __ATOMIC_SEQ_CST);
  }
}

#define KCSAN_DEFINE_MODIFY(Name, builtin)                             \
  template <typename T>                                                \
  KCSAN_FAST_PATH T Name(int order, volatile T* ptr, T value) {        \
    return WithOrder(order, [ptr, value](auto constant) KCSAN_LAMBDA { \
      return builtin(ptr, value, constant.value);                      \
    });                                                                \
  }
KCSAN_DEFINE_MODIFY(Exchange, __atomic_exchange_n)
KCSAN_DEFINE_MODIFY(FetchAdd, __atomic_fetch_add)
KCSAN_DEFINE_MODIFY(FetchSub, __atomic_fetch_sub)
KCSAN_DEFINE_MODIFY(FetchAnd, __atomic_fetch_and)
KCSAN_DEFINE_MODIFY(FetchOr, __atomic_fetch_or)
KCSAN_DEFINE_MODIFY(FetchXor, __atomic_fetch_xor)
KCSAN_DEFINE_MODIFY(FetchNand, __atomic_fetch_nand)

// Always strong: a weak one need not fail. Told as a read-modify-write also
// when it then fails: which it is to be is not known before.
template <typename T>
KCSAN_FAST_PATH int CompareExchange(int order, volatile T* ptr, T* expected,
                                    T desired) {
  return WithOrder(order, [=](auto constant) KCSAN_LAMBDA {
    return __atomic_compare_exchange_n(ptr, expected, desired, /*weak=*/false,
                                       constant.value, constant.failure);
  });
}

// The same; returns what was found.
template <typename T>
KCSAN_FAST_PATH T CompareExchangeValue(int order, volatile T* ptr, T expected,
                                       T desired) {
  CompareExchange(order, ptr, &expected, desired);
  return expected;
}

// One order for both outcomes, at least as strong as each: failure may be asked
// to acquire more than success.
KCSAN_FAST_PATH int Merge(int success, int failure) {
#if defined(__x86_64__)
  (void)failure;
  return success;
#else
  success &= kMemoryOrderMask;
  failure &= kMemoryOrderMask;
  if (failure == __ATOMIC_RELAXED || failure == success) return success;
  if (failure == __ATOMIC_SEQ_CST || success == __ATOMIC_SEQ_CST) {
    return __ATOMIC_SEQ_CST;
  }
  return IsRelease(success) ? __ATOMIC_ACQ_REL : __ATOMIC_ACQUIRE;
#endif
}

}  // namespace

#define KCSAN_ATOMIC_MODIFY(bits, name, Name)                                 \
  KCSAN_HOOK Bits##bits __tsan_atomic##bits##_##name(                         \
      volatile Bits##bits* ptr, Bits##bits value, int order) {                \
    return RunAtomic<kAtomicModify, Name<Bits##bits>>(KCSAN_HOOK_PC(), order, \
                                                      ptr, value);            \
  }

#define KCSAN_ATOMIC_HOOKS(bits)                                              \
  KCSAN_HOOK Bits##bits __tsan_atomic##bits##_load(                           \
      const volatile Bits##bits* ptr, int order) {                            \
    return RunAtomic<kAtomicLoad, Load<Bits##bits>>(KCSAN_HOOK_PC(), order,   \
                                                    ptr);                     \
  }                                                                           \
  KCSAN_HOOK void __tsan_atomic##bits##_store(volatile Bits##bits* ptr,       \
                                              Bits##bits value, int order) {  \
    return RunAtomic<kAtomicStore, Store<Bits##bits>>(KCSAN_HOOK_PC(), order, \
                                                      ptr, value);            \
  }                                                                           \
  KCSAN_ATOMIC_MODIFY(bits, exchange, Exchange)                               \
  KCSAN_ATOMIC_MODIFY(bits, fetch_add, FetchAdd)                              \
  KCSAN_ATOMIC_MODIFY(bits, fetch_sub, FetchSub)                              \
  KCSAN_ATOMIC_MODIFY(bits, fetch_and, FetchAnd)                              \
  KCSAN_ATOMIC_MODIFY(bits, fetch_or, FetchOr)                                \
  KCSAN_ATOMIC_MODIFY(bits, fetch_xor, FetchXor)                              \
  KCSAN_ATOMIC_MODIFY(bits, fetch_nand, FetchNand)                            \
  KCSAN_HOOK int __tsan_atomic##bits##_compare_exchange_strong(               \
      volatile Bits##bits* ptr, Bits##bits* expected, Bits##bits desired,     \
      int success, int failure) {                                             \
    return RunAtomic<kAtomicModify, CompareExchange<Bits##bits>>(             \
        KCSAN_HOOK_PC(), Merge(success, failure), ptr, expected, desired);    \
  }                                                                           \
  KCSAN_HOOK int __tsan_atomic##bits##_compare_exchange_weak(                 \
      volatile Bits##bits* ptr, Bits##bits* expected, Bits##bits desired,     \
      int success, int failure) {                                             \
    return RunAtomic<kAtomicModify, CompareExchange<Bits##bits>>(             \
        KCSAN_HOOK_PC(), Merge(success, failure), ptr, expected, desired);    \
  }                                                                           \
  KCSAN_HOOK Bits##bits __tsan_atomic##bits##_compare_exchange_val(           \
      volatile Bits##bits* ptr, Bits##bits expected, Bits##bits desired,      \
      int success, int failure) {                                             \
    return RunAtomic<kAtomicModify, CompareExchangeValue<Bits##bits>>(        \
        KCSAN_HOOK_PC(), Merge(success, failure), ptr, expected, desired);    \
  }

KCSAN_ATOMIC_HOOKS(8)
KCSAN_ATOMIC_HOOKS(16)
KCSAN_ATOMIC_HOOKS(32)
KCSAN_ATOMIC_HOOKS(64)

KCSAN_HOOK void __tsan_atomic_thread_fence(int order) {
  order &= kMemoryOrderMask;
  PassFence(order);
  switch (order) {
    case __ATOMIC_RELAXED:
      return;
    case __ATOMIC_CONSUME:
    case __ATOMIC_ACQUIRE:
      return __atomic_thread_fence(__ATOMIC_ACQUIRE);
    case __ATOMIC_RELEASE:
      return __atomic_thread_fence(__ATOMIC_RELEASE);
    case __ATOMIC_ACQ_REL:
      return __atomic_thread_fence(__ATOMIC_ACQ_REL);
    default:
      return __atomic_thread_fence(__ATOMIC_SEQ_CST);
  }
}

// Between a thread and its own signal handlers: the call itself, which the
// compiler cannot see through, is all that it takes.
KCSAN_HOOK void __tsan_atomic_signal_fence(int) {}

}  // namespace abi
}  // namespace kcsan
