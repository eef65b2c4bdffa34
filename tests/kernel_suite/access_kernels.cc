// SPDX-License-Identifier: Apache-2.0
//
// One access a function, as a program would make it.

#include "kcsan/annotations/data_race.h"
#include "kcsan/annotations/once.h"
#include "kcsan/annotations/seqlock.h"
#include "kcsan/assert/exclusive.h"
#include "kcsan/assert/exclusive_scoped.h"
#include "kcsan/checks.h"
#include "tests/kernel_suite/kernels.h"

namespace kernel_suite {

long g_value;
alignas(4096) long g_array[kArrayLongs];
Block g_block;
volatile long g_ticks;
kcsan::data_racy<long> g_racy;

namespace {

kcsan::SeqCount g_sequence;
thread_local long t_own;

}  // namespace

KERNEL void ReadValue() { Keep(g_value); }
KERNEL void WriteValue() { g_value = FreshNumber(); }
KERNEL void WriteSameValue() { g_value = 42; }
KERNEL void WriteSame_rcu() { g_value = 42; }
KERNEL void AddToValue() { g_value++; }
KERNEL void AddToArray() {
  for (int i = 0; i < kArrayLongs; i += kPageLongs / 8) g_array[i]++;
}

KERNEL void TouchNothing() {
  unsigned long nothing = 0;
  __asm__ __volatile__("" : "+r"(nothing));
  kcsan_check_write(&g_value, nothing);
  kcsan_check_read(&g_value, nothing);
  __builtin_memset(&g_value, 0, nothing);
}

KERNEL void ReadValueRacily() { Keep(data_race(g_value)); }

KERNEL void WriteBlock() {
  const long first = FreshNumber();
  Block block;
  for (long& part : block.part) part = first;
  __asm__ __volatile__("" : : "r"(&block) : "memory");
  g_block = block;
}
KERNEL void WriteBlockPart() { g_block.part[3] = FreshNumber(); }
KERNEL void ReadTicks() { Keep(g_ticks); }
KERNEL void WriteTicks() { g_ticks = FreshNumber(); }
KERNEL void ReadRacy() { Keep(g_racy); }
KERNEL void WriteRacy() { g_racy = FreshNumber(); }

KERNEL void ReadOwn() { Keep(t_own); }
KERNEL void WriteOwn() { t_own = FreshNumber(); }

KERNEL void ReadValueOnce() { Keep(READ_ONCE(g_value)); }
KERNEL void WriteValueOnce() { WRITE_ONCE(g_value, FreshNumber()); }
KERNEL void WriteSameValueOnce() { WRITE_ONCE(g_value, 42); }
KERNEL void ModifyValueAtomically() {
  __atomic_fetch_add(&g_value, 1, __ATOMIC_RELAXED);
}
KERNEL void FlipOneBit() {
  __atomic_fetch_xor(&g_value, kOneBit, __ATOMIC_RELAXED);
}
KERNEL void FlipFreeBits() {
  __atomic_fetch_xor(&g_value, kFreeBits, __ATOMIC_RELAXED);
}
KERNEL void FlipOwnedBits() {
  __atomic_fetch_xor(&g_value, kOwnedBits, __ATOMIC_RELAXED);
}

KERNEL void ClaimWriter() { ASSERT_EXCLUSIVE_WRITER(g_value); }
KERNEL void ClaimAccess() { ASSERT_EXCLUSIVE_ACCESS(g_value); }
KERNEL void ClaimBits() {
  ASSERT_EXCLUSIVE_BITS(g_value, kOwnedBits);
  Keep(READ_ONCE(g_value) & kOwnedBits);
}

KERNEL void ScopeInside() {
  // Its own, so that nothing here is a race by itself.
  long mine[4] = {};
  __asm__ __volatile__("" : : "r"(mine) : "memory");
  for (long& element : mine) element++;
  __asm__ __volatile__("" : : "r"(mine) : "memory");
}
KERNEL void ClaimWriterInScope() {
  ASSERT_EXCLUSIVE_WRITER_SCOPED(g_value);
  ScopeInside();
}
KERNEL void ClaimAccessInScope() {
  ASSERT_EXCLUSIVE_ACCESS_SCOPED(g_value);
  ScopeInside();
}

KERNEL void WriteBlockByPart() {
  for (long& part : g_block.part) part = FreshNumber();
}
KERNEL void ReadBlockByPart() {
  // A writer comes while the reader is at it, and not only between.
  Keep(g_block.part[0]);
  Dawdle();
  for (const long part : g_block.part) Keep(part);
}
KERNEL void WriteUnderSequence() {
  g_sequence.WriteBegin();
  WriteBlockByPart();
  g_sequence.WriteEnd();
}
KERNEL void ReadUnderSequence() {
  unsigned sequence;
  do {
    sequence = g_sequence.ReadBegin();
    ReadBlockByPart();
  } while (g_sequence.ReadRetry(sequence));
}

}  // namespace kernel_suite
