// SPDX-License-Identifier: Apache-2.0
//
// After a plain access, one barrier or atomic, and the question whether that
// access is still under way. Both answers can be wrong: one that ends too
// little reports correct programs, one that ends too much hides races.

#include <pthread.h>

#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/once.h"
#include "kcsan/checks.h"
#include "tests/kernel_suite/kernels.h"

#if !defined(__clang__)
// That libtsan cannot model fences. Ours is asked what it makes of them.
#pragma GCC diagnostic ignored "-Wtsan"
#endif

namespace kernel_suite {
namespace {

long g_plain;
int g_word;
long g_long;
pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;

// The three kinds of access. The last is told: compilers differ in what they
// make of `g_plain++`.
#define KERNEL_SUITE_READ() Keep(g_plain)
#define KERNEL_SUITE_WRITE() g_plain = 1
#define KERNEL_SUITE_MODIFY() kcsan_check_read_write(&g_plain, sizeof(g_plain))

// All in the function that uses the macro: an access ends with its function.
#define KERNEL_SUITE_PROBE(access, name, text, statement, ends)   \
  smp_mb(); /* whatever was under way before */                   \
  if (IsUnderWay()) return Wrong(text, name, "was not at rest");  \
  access;                                                         \
  if (!IsUnderWay()) return Wrong(text, name, "did not begin");   \
  statement;                                                      \
  if (IsUnderWay() == (ends)) {                                   \
    return Wrong(text, name, (ends) ? "is not over" : "is over"); \
  }

#define KERNEL_SUITE_PROBES(read, write, modify, text, statement)           \
  KERNEL_SUITE_PROBE(KERNEL_SUITE_READ(), "read", text, statement, read)    \
  KERNEL_SUITE_PROBE(KERNEL_SUITE_WRITE(), "write", text, statement, write) \
  KERNEL_SUITE_PROBE(KERNEL_SUITE_MODIFY(), "read-write", text, statement,  \
                     modify)

// Which of a plain read, write and read-write does the statement end?
#define KERNEL_SUITE_ENDS(read, write, modify, statement) \
  KERNEL_SUITE_PROBES(read, write, modify, #statement, statement)
#define KERNEL_SUITE_ALL(statement) \
  KERNEL_SUITE_PROBES(true, true, true, #statement, statement)
#define KERNEL_SUITE_NONE(statement) \
  KERNEL_SUITE_PROBES(false, false, false, #statement, statement)

KERNEL const char* CheckMacros() {
  KERNEL_SUITE_ALL(smp_mb())
  KERNEL_SUITE_ENDS(false, true, true, smp_wmb())
  KERNEL_SUITE_ENDS(true, false, true, smp_rmb())
  KERNEL_SUITE_ENDS(false, true, true, dma_wmb())
  KERNEL_SUITE_ENDS(true, false, true, dma_rmb())
  KERNEL_SUITE_ALL(virtio_mb(true))
  KERNEL_SUITE_ENDS(false, true, true, virtio_wmb(true))
  KERNEL_SUITE_ENDS(true, false, true, virtio_rmb(false))
  KERNEL_SUITE_ALL(smp_store_release(&g_word, 1))
  KERNEL_SUITE_ALL(smp_store_mb(g_word, 1))
  KERNEL_SUITE_NONE(Keep(smp_load_acquire(&g_word)))
  KERNEL_SUITE_NONE(Keep(READ_ONCE(g_word)))
  KERNEL_SUITE_NONE(WRITE_ONCE(g_word, 1))
  return nullptr;
}

KERNEL const char* CheckFences() {
  KERNEL_SUITE_NONE(__atomic_thread_fence(__ATOMIC_RELAXED))
  KERNEL_SUITE_ENDS(true, false, true, __atomic_thread_fence(__ATOMIC_ACQUIRE))
  KERNEL_SUITE_ALL(__atomic_thread_fence(__ATOMIC_RELEASE))
  KERNEL_SUITE_ALL(__atomic_thread_fence(__ATOMIC_ACQ_REL))
  KERNEL_SUITE_ALL(__atomic_thread_fence(__ATOMIC_SEQ_CST))
  KERNEL_SUITE_NONE(__atomic_signal_fence(__ATOMIC_SEQ_CST))
  KERNEL_SUITE_ALL(__sync_synchronize())
  return nullptr;
}

// One read-modify-write in all orders.
#define KERNEL_SUITE_ORDERS(operation, word)                    \
  KERNEL_SUITE_NONE(Keep(operation(word, 1, __ATOMIC_RELAXED))) \
  KERNEL_SUITE_NONE(Keep(operation(word, 1, __ATOMIC_ACQUIRE))) \
  KERNEL_SUITE_ALL(Keep(operation(word, 1, __ATOMIC_RELEASE)))  \
  KERNEL_SUITE_ALL(Keep(operation(word, 1, __ATOMIC_ACQ_REL)))  \
  KERNEL_SUITE_ALL(Keep(operation(word, 1, __ATOMIC_SEQ_CST)))

KERNEL const char* CheckModifies() {
  KERNEL_SUITE_ORDERS(__atomic_fetch_add, &g_word)
  KERNEL_SUITE_ORDERS(__atomic_fetch_sub, &g_long)
  KERNEL_SUITE_ORDERS(__atomic_fetch_and, &g_word)
  KERNEL_SUITE_ORDERS(__atomic_fetch_or, &g_long)
  KERNEL_SUITE_ORDERS(__atomic_fetch_xor, &g_word)
  KERNEL_SUITE_ORDERS(__atomic_fetch_nand, &g_long)
  KERNEL_SUITE_ORDERS(__atomic_exchange_n, &g_word)
  KERNEL_SUITE_ALL(Keep(__sync_fetch_and_add(&g_word, 1)))
  return nullptr;
}

KERNEL const char* CheckLoadsAndStores() {
  KERNEL_SUITE_NONE(Keep(__atomic_load_n(&g_word, __ATOMIC_RELAXED)))
  KERNEL_SUITE_NONE(Keep(__atomic_load_n(&g_word, __ATOMIC_ACQUIRE)))
  KERNEL_SUITE_NONE(Keep(__atomic_load_n(&g_long, __ATOMIC_SEQ_CST)))
  KERNEL_SUITE_NONE(__atomic_store_n(&g_word, 1, __ATOMIC_RELAXED))
  KERNEL_SUITE_ALL(__atomic_store_n(&g_long, 1, __ATOMIC_RELEASE))
  KERNEL_SUITE_ALL(__atomic_store_n(&g_word, 1, __ATOMIC_SEQ_CST))
  return nullptr;
}

// `expected` never has its address taken to memory that is told of: the copy in
// here would be an access of its own.
#define KERNEL_SUITE_EXCHANGE(success, failure)                             \
  __extension__({                                                           \
    int expected = 1;                                                       \
    Keep(__atomic_compare_exchange_n(&g_word, &expected, 1, false, success, \
                                     failure));                             \
  })

KERNEL const char* CheckExchanges() {
  KERNEL_SUITE_NONE(KERNEL_SUITE_EXCHANGE(__ATOMIC_RELAXED, __ATOMIC_RELAXED))
  KERNEL_SUITE_NONE(KERNEL_SUITE_EXCHANGE(__ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
  KERNEL_SUITE_ALL(KERNEL_SUITE_EXCHANGE(__ATOMIC_RELEASE, __ATOMIC_RELAXED))
  KERNEL_SUITE_ALL(KERNEL_SUITE_EXCHANGE(__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
  KERNEL_SUITE_ALL(KERNEL_SUITE_EXCHANGE(__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
  return nullptr;
}

KERNEL const char* CheckLocks() {
  KERNEL_SUITE_NONE(pthread_mutex_trylock(&g_mutex))
  KERNEL_SUITE_ALL(pthread_mutex_unlock(&g_mutex); pthread_mutex_lock(&g_mutex))
  pthread_mutex_unlock(&g_mutex);
  return nullptr;
}

// It ends with the function that made it, and not with one that is called.
KERNEL void TouchAndReturn() { g_plain = 1; }
KERNEL void CallNothing() { __asm__ __volatile__(""); }

KERNEL const char* CheckFunctions() {
  smp_mb();
  TouchAndReturn();
  if (IsUnderWay()) return Wrong("a return", "write", "is not over");
  KERNEL_SUITE_NONE(CallNothing())
  return nullptr;
}

}  // namespace

const char* CheckBarriers() {
  using Part = const char* (*)();
  constexpr Part kParts[] = {CheckMacros,         CheckFences,    CheckModifies,
                             CheckLoadsAndStores, CheckExchanges, CheckLocks,
                             CheckFunctions};
  for (const Part part : kParts) {
    const char* const wrong = part();
    if (wrong != nullptr) return wrong;
  }
  return nullptr;
}

}  // namespace kernel_suite
