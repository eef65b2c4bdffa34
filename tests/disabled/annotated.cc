// SPDX-License-Identifier: Apache-2.0
//
// Every public macro and class once, in functions whose twins in plain.cc are
// written by hand. With the detector off both files must have the same code.

#include <stddef.h>
#include <stdint.h>

#include "kcsan/annotations/atomic_region.h"
#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/checked.h"
#include "kcsan/annotations/data_race.h"
#include "kcsan/annotations/data_racy.h"
#include "kcsan/annotations/no_kcsan.h"
#include "kcsan/annotations/once.h"
#include "kcsan/annotations/once_memcpy.h"
#include "kcsan/annotations/seqlock.h"
#include "kcsan/annotations/virtio.h"
#include "kcsan/assert/exclusive.h"
#include "kcsan/assert/exclusive_scoped.h"
#include "kcsan/checks.h"
#include "tests/disabled/twins.h"

using kcsan::VirtioByteOrder;

struct CheckedPair {
  kcsan::checked<int> a;
  kcsan::checked<long> b;
};

extern "C" {

// --- once.h ------------------------------------------------------------------

#define TWIN(type, name)                                                    \
  type read_##name(const type* p) { return READ_ONCE(*p); }                 \
  void write_##name(type* p, type v) { WRITE_ONCE(*p, v); }                 \
  type read_nocheck_##name(const type* p) { return READ_ONCE_NOCHECK(*p); } \
  type read_twice_##name(const type* p) {                                   \
    return static_cast<type>(READ_ONCE(*p) + READ_ONCE(*p));                \
  }
FOR_EACH_INTEGER(TWIN)
#undef TWIN

void* read_pointer(void* const* p) { return READ_ONCE(*p); }
void write_pointer(void** p, void* v) { WRITE_ONCE(*p, v); }
void write_null(void** p) { WRITE_ONCE(*p, nullptr); }
Function read_function(const Function* p) { return READ_ONCE(*p); }
bool read_bool(const bool* p) { return READ_ONCE(*p); }
void write_bool(bool* p, bool v) { WRITE_ONCE(*p, v); }
Colour read_enum(const Colour* p) { return READ_ONCE(*p); }
void write_enum(Colour* p, Colour v) { WRITE_ONCE(*p, v); }
double read_double(const double* p) { return READ_ONCE(*p); }
void write_double(double* p, double v) { WRITE_ONCE(*p, v); }
float read_float(const float* p) { return READ_ONCE(*p); }
int read_volatile(const volatile int* p) { return READ_ONCE(*p); }
int read_element(const int* p, long i) { return READ_ONCE(p[i]); }
uint16_t read_packed16(const Packed* p) { return READ_ONCE(p->u16); }
uint64_t read_packed64(const Packed* p) { return READ_ONCE(p->u64); }
void write_packed32(Packed* p, uint32_t v) { WRITE_ONCE(p->u32, v); }
int wait_until_set(const int* p) {
  int n = 0;
  while (READ_ONCE(*p) == 0) ++n;
  return n;
}
int compare(const int* p, int v) { return READ_ONCE(*p) == v ? 3 : 4; }
void increment(long* p) { WRITE_ONCE(*p, READ_ONCE(*p) + 1); }

// --- data_race.h, data_racy.h, checked.h, no_kcsan.h -------------------------

int race_read(const int* p) { return data_race(*p); }
int race_sum(const int* p, const int* q) { return data_race(*p + *q); }
void race_write(int* p, int v) { data_race(*p = v); }
bool race_compare(const int* p, int v) { return data_race(*p >= v); }
Large race_large(const Large* p) { return data_race(*p); }
void race_call(void (*f)()) { data_race(f()); }
int race_read_once(const int* p) { return data_race(READ_ONCE(*p)); }

long racy_read(const kcsan::data_racy<long>* p) { return *p; }
void racy_count(kcsan::data_racy<long>* p) { (*p)++; }
void racy_add(kcsan::data_racy<double>* p, double v) { *p += v; }

int checked_read(const kcsan::checked<int>* p) { return *p; }
void checked_write(kcsan::checked<int>* p, int v) { *p = v; }
void checked_add(kcsan::checked<int>* p, int v) { *p += v; }
int checked_count(kcsan::checked<int>* p) { return (*p)++; }
int checked_sum(const kcsan::checked<int>* p, long n) {
  int sum = 0;
  for (long i = 0; i < n; ++i) sum += p[i];
  return sum;
}
void checked_copy(CheckedPair* to, const CheckedPair* from) { *to = *from; }

__no_kcsan int not_instrumented(const int* p) { return *p; }

// --- barriers.h --------------------------------------------------------------

void full_barrier() { smp_mb(); }
void read_barrier() { smp_rmb(); }
void write_barrier() { smp_wmb(); }
void publish(int* p, int v) { smp_store_release(p, v); }
int pick_up(const int* p) { return smp_load_acquire(p); }
void store_and_barrier(int* p, int v) { smp_store_mb(*p, v); }
void device_barriers(int* p) {
  *p = 1;
  dma_wmb();
  *p = 2;
  dma_rmb();
}
void virtio_barriers(int* p, bool weak) {
  virtio_mb(weak);
  *p = 1;
  virtio_wmb(weak);
  *p = 2;
  virtio_rmb(weak);
  virtio_store_mb(true, p, 3);
}

// --- atomic_region.h, checks.h -----------------------------------------------

void regions(int* p) {
  kcsan::AtomicRegion region;
  kcsan::FlatAtomicRegion flat;
  kcsan::ScopedAccessMask mask(3);
  kcsan::AtomicNext(2);
  *p = 1;
}
void told(int* p) {
  kcsan_check_read(p, sizeof(*p));
  kcsan_check_write(p, sizeof(*p));
  kcsan_check_read_write(p, sizeof(*p));
  kcsan_check_atomic_read(p, sizeof(*p));
  kcsan_check_atomic_write(p, sizeof(*p));
  kcsan_check_atomic_read_write(p, sizeof(*p));
  kcsan_disable_current();
  kcsan_nestable_atomic_begin();
  kcsan_flat_atomic_begin();
  kcsan_bounded_atomic_begin(1);
  kcsan_atomic_next(1);
  kcsan_set_access_mask(1);
  *p = 1;
  kcsan_bounded_atomic_end(1);
  kcsan_flat_atomic_end();
  kcsan_nestable_atomic_end();
  kcsan_enable_current();
}

// --- once_memcpy.h, seqlock.h ------------------------------------------------

void copy_out(Large* own, const Large* shared) {
  once_memcpy(own, shared, sizeof(*own));
}
void copy_in(Large* shared, const Large* own) {
  once_memcpy_to(shared, own, sizeof(*own));
}
void seq_write(kcsan::SeqCount* sequence, int* p) {
  sequence->WriteBegin();
  WRITE_ONCE(*p, 1);
  sequence->WriteEnd();
}
int seq_read(const kcsan::SeqCount* sequence, const int* p) {
  int value;
  unsigned start;
  do {
    start = sequence->ReadBegin();
    value = READ_ONCE(*p);
  } while (sequence->ReadRetry(start));
  return value;
}

// --- virtio.h ----------------------------------------------------------------

#define TWIN(bits)                                                 \
  uint##bits##_t virtio_read##bits(const kcsan::virtio##bits* p) { \
    return VIRTIO##bits##_READ(VirtioByteOrder::kModern, *p);      \
  }                                                                \
  void virtio_write##bits(uint##bits##_t* p, uint##bits##_t v) {   \
    VIRTIO##bits##_WRITE(VirtioByteOrder::kLegacyBig, *p, v);      \
  }                                                                \
  uint##bits##_t le_read##bits(const kcsan::le##bits* p) {         \
    return LE##bits##_READ(*p);                                    \
  }                                                                \
  void le_write##bits(kcsan::le##bits* p, uint##bits##_t v) {      \
    LE##bits##_WRITE(*p, v);                                       \
  }
TWIN(16)
TWIN(32)
TWIN(64)
#undef TWIN

// --- assert/ -----------------------------------------------------------------

void claims(int* p, Packed* packed) {
  ASSERT_EXCLUSIVE_WRITER(*p);
  ASSERT_EXCLUSIVE_ACCESS(packed->u16);
  ASSERT_EXCLUSIVE_BITS(*p, 3);
  *p = 1;
}
void scoped_claims(int* p, Packed* packed) {
  ASSERT_EXCLUSIVE_WRITER_SCOPED(*packed);
  ASSERT_EXCLUSIVE_ACCESS_SCOPED(*p);
  ASSERT_EXCLUSIVE_BITS_SCOPED(packed->u32, 1u << 3);
  *p = 1;
}

}  // extern "C"
