// SPDX-License-Identifier: Apache-2.0
//
// One loop for each operation. Compiled twice: with KCSAN_ENABLED=0 and
// KCSAN_BENCH_NAMESPACE=off, and with 1 and `on`.
//
// Every loop makes one volatile access, so that the compiler neither unrolls
// one of the two into vectors nor removes it. What is measured is the
// difference between `off` and `on`.

#include "bench/workloads.h"

#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/data_race.h"
#include "kcsan/annotations/once.h"
#include "kcsan/assert/exclusive.h"
#include "kcsan/assert/exclusive_scoped.h"
#include "kcsan/checks.h"

namespace kcsan {
namespace bench {
namespace KCSAN_BENCH_NAMESPACE {
namespace {

long Load(const long* p) { return *const_cast<const volatile long*>(p); }
void Store(long* p, long value) { *const_cast<volatile long*>(p) = value; }

// Calls `operation(pointer to a word, number)` for word after word.
template <typename Operation>
void ForEach(long* words, int64_t count, Operation operation) {
  for (int64_t i = 0; i < count; ++i) operation(&words[i % kNumWords], i);
}

void VolatileRead(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) { (void)Load(p); });
}

void VolatileWrite(long* words, int64_t count) {
  ForEach(words, count, [](long* p, long i) { Store(p, i); });
}

void ReadOnce(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) { (void)READ_ONCE(*p); });
}

void WriteOnce(long* words, int64_t count) {
  ForEach(words, count, [](long* p, long i) { WRITE_ONCE(*p, i); });
}

// In a function of its own the check also costs the registers that its cold
// call may change.
__attribute__((noinline)) long VolatileReadFunction(const long* p) {
  return Load(p);
}
__attribute__((noinline)) long ReadOnceFunction(const long* p) {
  return READ_ONCE(*p);
}

void VolatileReadByCall(long* words, int64_t count) {
  ForEach(words, count,
          [](const long* p, long) { (void)VolatileReadFunction(p); });
}

void ReadOnceByCall(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) { (void)ReadOnceFunction(p); });
}

void ToldRead(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) {
    kcsan_check_read(p, sizeof(*p));
    (void)Load(p);
  });
}

void ToldWrite(long* words, int64_t count) {
  ForEach(words, count, [](long* p, long i) {
    kcsan_check_write(p, sizeof(*p));
    Store(p, i);
  });
}

void ToldReadWrite(long* words, int64_t count) {
  ForEach(words, count, [](long* p, long) {
    kcsan_check_read_write(p, sizeof(*p));
    Store(p, Load(p) + 1);
  });
}

void DataRace(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) {
    (void)data_race(*const_cast<const volatile long*>(p));
  });
}

void ExclusiveWriter(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) {
    ASSERT_EXCLUSIVE_WRITER(*p);
    (void)Load(p);
  });
}

void ExclusiveAccess(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) {
    ASSERT_EXCLUSIVE_ACCESS(*p);
    (void)Load(p);
  });
}

void ExclusiveBits(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) {
    ASSERT_EXCLUSIVE_BITS(*p, 0xf0);
    (void)Load(p);
  });
}

void ExclusiveWriterScoped(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) {
    ASSERT_EXCLUSIVE_WRITER_SCOPED(*p);
    (void)Load(p);
  });
}

void ExclusiveAccessScoped(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) {
    ASSERT_EXCLUSIVE_ACCESS_SCOPED(*p);
    (void)Load(p);
  });
}

void ExclusiveBitsScoped(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) {
    ASSERT_EXCLUSIVE_BITS_SCOPED(*p, 0xf0);
    (void)Load(p);
  });
}

void StoreRelease(long* words, int64_t count) {
  ForEach(words, count, [](long* p, long i) { smp_store_release(p, i); });
}

void LoadAcquire(long* words, int64_t count) {
  ForEach(words, count, [](long* p, long) { (void)smp_load_acquire(p); });
}

void ReadBarrier(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) {
    smp_rmb();
    (void)Load(p);
  });
}

void WriteBarrier(long* words, int64_t count) {
  ForEach(words, count, [](long* p, long i) {
    smp_wmb();
    Store(p, i);
  });
}

void FullBarrier(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) {
    smp_mb();
    (void)Load(p);
  });
}

void AtomicRegion(long* words, int64_t count) {
  ForEach(words, count, [](const long* p, long) {
    kcsan_nestable_atomic_begin();
    (void)Load(p);
    kcsan_nestable_atomic_end();
  });
}

}  // namespace

std::vector<Workload> Workloads() {
  return {
      {"volatile read", &VolatileRead},
      {"volatile write", &VolatileWrite},
      {"READ_ONCE", &ReadOnce},
      {"WRITE_ONCE", &WriteOnce},
      {"volatile read in a function", &VolatileReadByCall},
      {"READ_ONCE in a function", &ReadOnceByCall},
      {"kcsan_check_read", &ToldRead},
      {"kcsan_check_write", &ToldWrite},
      {"kcsan_check_read_write", &ToldReadWrite},
      {"data_race", &DataRace},
      {"ASSERT_EXCLUSIVE_WRITER", &ExclusiveWriter},
      {"ASSERT_EXCLUSIVE_ACCESS", &ExclusiveAccess},
      {"ASSERT_EXCLUSIVE_BITS", &ExclusiveBits},
      {"ASSERT_EXCLUSIVE_WRITER_SCOPED", &ExclusiveWriterScoped},
      {"ASSERT_EXCLUSIVE_ACCESS_SCOPED", &ExclusiveAccessScoped},
      {"ASSERT_EXCLUSIVE_BITS_SCOPED", &ExclusiveBitsScoped},
      {"smp_store_release", &StoreRelease},
      {"smp_load_acquire", &LoadAcquire},
      {"smp_rmb", &ReadBarrier},
      {"smp_wmb", &WriteBarrier},
      {"smp_mb", &FullBarrier},
      {"kcsan_nestable_atomic", &AtomicRegion},
  };
}

}  // namespace KCSAN_BENCH_NAMESPACE
}  // namespace bench
}  // namespace kcsan
