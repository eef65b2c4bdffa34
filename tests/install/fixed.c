// SPDX-License-Identifier: Apache-2.0
//
// The same with an atomic counter, and a volatile one: an access that is meant
// to be concurrent, if the compiler was told to say so.

#include "two_threads.h"

static long counter;
static volatile long seen;

static void* count(void* argument) {
  while (!stopped()) {
    seen = __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
  }
  return argument;
}

int main(void) { return run_two(count, 300000); }
