// SPDX-License-Identifier: Apache-2.0
//
// setjmp() and longjmp() out of many instrumented frames, whose exits are never
// told, in C, with memory of the left frames used again at once.

#include <pthread.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "tests/instrumented/support.h"

enum { kThreads = 2, kJumps = 200 };

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static long g_total;
static bool g_racy;

static __attribute__((noinline)) long Dive(int depth, jmp_buf out) {
  long frame[16];
  for (int i = 0; i < 16; ++i) frame[i] = depth;
  Touch(frame);
  if (depth == 0) longjmp(out, 1);
  // Not a tail call.
  return (depth > 0 ? Dive(depth - 1, out) : 0) + frame[depth % 16];
}

static __attribute__((noinline)) long Fill(void) {
  long frame[256];
  for (int i = 0; i < 256; ++i) frame[i] = i;
  Touch(frame);
  return frame[255];
}

static void Count(void) {
  if (!g_racy) pthread_mutex_lock(&g_mutex);
  for (int i = 0; i < 20; ++i) {
    ++g_total;
    Touch(&g_total);
  }
  if (!g_racy) pthread_mutex_unlock(&g_mutex);
}

static void* Jump(void* unused) {
  for (volatile int i = 0; i < kJumps; ++i) {
    jmp_buf out;
    if (setjmp(out) == 0) {
      Dive(i % 40, out);
    } else {
      Count();
    }
    if (Fill() != 255) return unused;
  }
  return NULL;
}

bool Round(bool racy) {
  pthread_t threads[kThreads];
  g_racy = racy;
  g_total = 0;
  for (int i = 0; i < kThreads; ++i) {
    pthread_create(&threads[i], NULL, Jump, NULL);
  }
  for (int i = 0; i < kThreads; ++i) pthread_join(threads[i], NULL);
  return g_total == 20 * kThreads * kJumps;
}
