// SPDX-License-Identifier: Apache-2.0
//
// One small function for each way an access goes through the fast path.
// tools/fast_path_stats.py compiles this file, counts the instructions on the
// way that is taken when nothing is armed, and compares them with bench/golden.
//
// The functions whose names begin with `base_` are what the same source would
// be without the detector.

#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/data_race.h"
#include "kcsan/annotations/once.h"
#include "kcsan/assert/exclusive.h"
#include "kcsan/checks.h"

extern "C" {

int base_read(const volatile int* p) { return *p; }
void base_write(volatile int* p, int value) { *p = value; }
void base_increment(long* p) { ++*p; }
void base_nothing(const int*) {}

int read_once(const int* p) { return READ_ONCE(*p); }
void write_once(int* p, int value) { WRITE_ONCE(*p, value); }

int told_read(const int* p) {
  kcsan_check_read(p, sizeof(*p));
  return *p;
}

void told_write(int* p, int value) {
  kcsan_check_write(p, sizeof(*p));
  *p = value;
}

void told_increment(long* p) {
  kcsan_check_read_write(p, sizeof(*p));
  ++*p;
}

void exclusive_writer(const int* p) { ASSERT_EXCLUSIVE_WRITER(*p); }
void exclusive_access(const int* p) { ASSERT_EXCLUSIVE_ACCESS(*p); }
void exclusive_bits(const int* p) { ASSERT_EXCLUSIVE_BITS(*p, 0xf0); }

int data_race_read(const int* p) { return data_race(*p); }

void full_barrier() { smp_mb(); }
void read_barrier() { smp_rmb(); }
void write_barrier() { smp_wmb(); }
void store_release(int* p, int value) { smp_store_release(p, value); }
int load_acquire(const int* p) { return smp_load_acquire(p); }

// Two of a kind in one function: what the second costs.
int read_once_twice(const int* p) { return READ_ONCE(p[0]) + READ_ONCE(p[1]); }

// Values that live across a check must not be spilled for it.
int read_once_amid(const int* p, int a, int b, int c) {
  const int x = READ_ONCE(*p);
  return a * x + b * x + c;
}

}  // extern "C"
