// SPDX-License-Identifier: Apache-2.0
//
// Two threads that work for a while. For the projects beside this file; C, as
// many of those that will be built this way are.

#ifndef TWO_THREADS_H_
#define TWO_THREADS_H_

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static int stop;

// Acquire: or a compiler may keep the counter in a register until the end, and
// there is one access in place of many.
static inline int stopped(void) {
  return __atomic_load_n(&stop, __ATOMIC_ACQUIRE);
}

static inline int run_two(void* (*work)(void*), unsigned microseconds) {
  pthread_t first, second;
  if (pthread_create(&first, NULL, work, NULL) != 0) return 1;
  if (pthread_create(&second, NULL, work, NULL) != 0) return 1;
  usleep(microseconds);
  __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  puts("done");
  return 0;
}

#endif  // TWO_THREADS_H_
