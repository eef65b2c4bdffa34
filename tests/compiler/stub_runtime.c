// SPDX-License-Identifier: Apache-2.0
//
// A runtime that does no more than count the hooks that a small program calls.
// At the end it writes the counts into the file that STUB_LOG names. The empty
// definitions are written for both compilers; a hook that is missing here is a
// link that fails, which is what a test wants.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int g_hooks, g_volatile, g_wrapped;

#define HOOK(name) \
  void __tsan_##name(void* p) { (void)p, ++g_hooks; }
#define SIZED(kind) \
  HOOK(kind##1)     \
  HOOK(kind##2)     \
  HOOK(kind##4)     \
  HOOK(kind##8)     \
  HOOK(kind##16)
SIZED(read)
SIZED(write)
SIZED(unaligned_read)
SIZED(unaligned_write)
SIZED(read_write)
HOOK(vptr_read)

#define VOLATILE(name) \
  void __tsan_volatile_##name(void* p) { (void)p, ++g_volatile; }
VOLATILE(read1)
VOLATILE(read4)
VOLATILE(read8)
VOLATILE(write1)
VOLATILE(write4)
VOLATILE(write8)

void __tsan_init(void) {}
void __tsan_func_entry(void* p) { (void)p; }
void __tsan_func_exit(void) {}
void __tsan_vptr_update(void** p, void* q) { (void)p, (void)q, ++g_hooks; }
void __tsan_read_range(void* p, unsigned long n) { (void)p, (void)n; }
void __tsan_write_range(void* p, unsigned long n) { (void)p, (void)n; }
void __tsan_atomic_thread_fence(int order) { (void)order; }
int __tsan_atomic32_fetch_add(volatile int* p, int n, int order) {
  (void)order;
  return __atomic_fetch_add(p, n, __ATOMIC_SEQ_CST);
}
int __tsan_atomic32_load(const volatile int* p, int order) {
  (void)order;
  return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}

size_t __real_strlen(const char* s);
size_t __wrap_strlen(const char* s) {
  ++g_wrapped;
  return __real_strlen(s);
}

__attribute__((destructor)) static void WriteLog(void) {
  const char* path = getenv("STUB_LOG");
  FILE* file = path == NULL ? NULL : fopen(path, "w");
  if (file == NULL) return;
  fprintf(file, "%d %d %d\n", g_hooks, g_volatile, g_wrapped);
  fclose(file);
}
