// SPDX-License-Identifier: Apache-2.0
//
// The same with an atomic counter.

#include "two_threads.h"

static long counter;

static void* count(void* argument) {
  while (!stopped()) __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
  return argument;
}

int main(void) { return run_two(count, 300000); }
