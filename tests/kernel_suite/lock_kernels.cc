// SPDX-License-Identifier: Apache-2.0
//
// A critical section behind four locks: two that give up the lock with a
// barrier, and two that do not. Only a model of weak memory can tell them apart
// where the hardware orders stores.
//
// A thread that does not get the lock goes on, so that a signal handler may run
// them on top of the thread that holds it.

#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/once.h"
#include "tests/kernel_suite/kernels.h"

namespace kernel_suite {
namespace {

enum : int { kRounds = 4 };

int g_lock;
long g_sections;

bool TryLock() {
  int expected = 0;
  return __atomic_compare_exchange_n(&g_lock, &expected, 1, /*weak=*/false,
                                     __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

}  // namespace

// Macros and not functions that take a lock: the access and what follows it
// have to be in one function, because none is modelled to last any longer. What
// comes after the unlock is an access of the thread's own: an occasion to see
// that the one before is still under way.
#define KERNEL_SUITE_SECTION(lock, unlock)                \
  long mine = 0;                                          \
  for (int round = 0; round < kRounds; ++round) {         \
    if (!(lock)) continue;                                \
    g_value++;                                            \
    unlock;                                               \
    __atomic_fetch_add(&g_sections, 1, __ATOMIC_RELAXED); \
    for (int i = 0; i < 4; ++i) {                         \
      mine++;                                             \
      __asm__ __volatile__("" : : "r"(&mine) : "memory"); \
    }                                                     \
  }

KERNEL void LockWithBarriers(){
    KERNEL_SUITE_SECTION(TryLock(), smp_store_release(&g_lock, 0))} KERNEL
    void LockWithoutBarriers(){
        KERNEL_SUITE_SECTION(TryLock(), WRITE_ONCE(g_lock, 0))} KERNEL
    void LockWithBuiltins(){KERNEL_SUITE_SECTION(
        __atomic_exchange_n(&g_lock, 1, __ATOMIC_ACQUIRE) == 0,
        __atomic_store_n(&g_lock, 0, __ATOMIC_RELEASE))} KERNEL
    void LockWithRelaxedBuiltins() {
  KERNEL_SUITE_SECTION(__atomic_exchange_n(&g_lock, 1, __ATOMIC_ACQUIRE) == 0,
                       __atomic_store_n(&g_lock, 0, __ATOMIC_RELAXED))
}

long TakeLockCount() {
  return __atomic_exchange_n(&g_sections, 0, __ATOMIC_RELAXED);
}

}  // namespace kernel_suite
