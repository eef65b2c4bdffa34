// SPDX-License-Identifier: Apache-2.0
//
// What the kernels call that the compiler must not instrument.

#include <sched.h>

#include <cstdio>

#include "kcsan/checks.h"
#include "tests/kernel_suite/kernels.h"

namespace kernel_suite {

KERNEL long FreshNumber() {
  static long last = 0;
  return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

KERNEL void Dawdle() { sched_yield(); }

KERNEL void WriteValueUnseen() {
  // In one piece, so that what it races with sees a value.
  __atomic_store_n(&g_value, FreshNumber(), __ATOMIC_RELAXED);
}

KERNEL bool IsUnderWay() {
  return (kcsan_rt_thread.attention & KCSAN_RT_ATTENTION_REORDER) != 0;
}

KERNEL const char* Wrong(const char* what, const char* access,
                         const char* how) {
  static char text[300];
  std::snprintf(text, sizeof(text), "after a plain %s, %s: it %s", access, what,
                how);
  return text;
}

}  // namespace kernel_suite
