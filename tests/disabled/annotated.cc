// SPDX-License-Identifier: Apache-2.0
//
// Every macro once, in a build with the detector off. twin.cc has the same
// functions written by hand. zero_cost_test.py compares what the compiler makes
// of the two.

#include "kcsan/kcsan.h"

enum class Color : unsigned char { kRed };

struct Wide {
  short a, b, c, d;
};

struct __attribute__((packed)) Packed {
  char tag;
  unsigned short field;
};

kcsan::checked<long>* checked_long;
kcsan::data_racy<long>* racy_long;
long seqcount_data;

extern "C" {

int ReadInt(const int* p) { return READ_ONCE(*p); }
char ReadChar(const char* p) { return READ_ONCE(*p); }
short ReadShort(const short* p) { return READ_ONCE(*p); }
long ReadLong(const long* p) { return READ_ONCE(*p); }
bool ReadBool(const bool* p) { return READ_ONCE(*p); }
void* ReadPointer(void* const* p) { return READ_ONCE(*p); }
Color ReadEnum(const Color* p) { return READ_ONCE(*p); }
double ReadDouble(const double* p) { return READ_ONCE(*p); }
int ReadVolatile(const volatile int* p) { return READ_ONCE(*p); }
unsigned short ReadPacked(const Packed* p) { return READ_ONCE(p->field); }
int ReadNoCheck(const int* p) { return READ_ONCE_NOCHECK(*p); }
int ReadTwice(const int* p) { return READ_ONCE(*p) + READ_ONCE(*p); }

void WriteInt(int* p, int v) { WRITE_ONCE(*p, v); }
void WriteChar(char* p, char v) { WRITE_ONCE(*p, v); }
void WriteLong(long* p, long v) { WRITE_ONCE(*p, v); }
void WriteBool(bool* p, bool v) { WRITE_ONCE(*p, v); }
void WritePointer(void** p) { WRITE_ONCE(*p, nullptr); }
void WriteEnum(Color* p) { WRITE_ONCE(*p, Color::kRed); }
void WriteDouble(double* p, double v) { WRITE_ONCE(*p, v); }
void WritePacked(Packed* p, unsigned short v) { WRITE_ONCE(p->field, v); }

int DataRaceRead(const int* p) { return data_race(*p) + 1; }
void DataRaceWrite(int* p) { data_race(*p = 3); }
bool DataRaceCompare(const int* p, const int* q) { return data_race(*p >= *q); }

void FullBarrier() { smp_mb(); }
void ReadBarrier(int* p) {
  *p = 1;
  smp_rmb();
  *p = 2;
}
void WriteBarrier(int* p) {
  *p = 1;
  smp_wmb();
  *p = 2;
}
void StoreRelease(int* p, int v) { smp_store_release(p, v); }
int LoadAcquire(int* p) { return smp_load_acquire(p); }

unsigned short Virtio16Read(const unsigned short* p) {
  return VIRTIO16_READ(kcsan::VirtioByteOrder::kModern, *p);
}
void Virtio32Write(unsigned* p, unsigned v) {
  VIRTIO32_WRITE(kcsan::VirtioByteOrder::kModern, *p, v);
}
unsigned long Le64Read(const unsigned long* p) { return LE64_READ(*p); }

void Claims(int* p, Wide* w) {
  ASSERT_EXCLUSIVE_WRITER(*p);
  ASSERT_EXCLUSIVE_ACCESS(*p);
  ASSERT_EXCLUSIVE_BITS(*p, 0xff);
  ASSERT_EXCLUSIVE_WRITER(*w);
  ASSERT_EXCLUSIVE_WRITER_SCOPED(*p);
  ASSERT_EXCLUSIVE_ACCESS_SCOPED(*p);
  ASSERT_EXCLUSIVE_BITS_SCOPED(*p, 0xff);
  *p = 7;
}

void Told(int* p) {
  kcsan_check_read(p, sizeof(*p));
  kcsan_check_write(p, sizeof(*p));
  kcsan_check_read_write(p, sizeof(*p));
  kcsan_check_atomic_read(p, sizeof(*p));
  kcsan_check_atomic_write(p, sizeof(*p));
  kcsan_check_atomic_read_write(p, sizeof(*p));
  ++*p;
}

void Regions(int* p) {
  kcsan_disable_current();
  kcsan_enable_current();
  kcsan_nestable_atomic_begin();
  kcsan_nestable_atomic_end();
  kcsan_flat_atomic_begin();
  kcsan_flat_atomic_end();
  kcsan_atomic_next(1);
  kcsan_set_access_mask(0xff);
  kcsan_set_access_mask(0);
  ++*p;
}

// What an annotation is given is not evaluated when it is off.
void NotEvaluated(int* (*next)()) {
  kcsan_check_read(next(), sizeof(int));
  ASSERT_EXCLUSIVE_WRITER(*next());
}

long CheckedIncrement() { return ++*checked_long; }
long CheckedRead() { return *checked_long; }

__no_kcsan int Exempt(const int* p) { return *p; }

void Switches() {
  kcsan::Enable();
  kcsan::Disable();
}
long Counts() { return static_cast<long>(kcsan::ReportCount()); }

}  // extern "C"
