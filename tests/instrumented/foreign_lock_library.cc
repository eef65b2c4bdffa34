// SPDX-License-Identifier: Apache-2.0

#include "tests/instrumented/foreign_lock_library.h"

#include <sched.h>

void ForeignLock::Lock() {
  while (__atomic_exchange_n(&taken_, 1, __ATOMIC_ACQUIRE) != 0) sched_yield();
}

void ForeignLock::Unlock() { __atomic_store_n(&taken_, 0, __ATOMIC_RELEASE); }
