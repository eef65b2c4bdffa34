// SPDX-License-Identifier: Apache-2.0
//
// The functions that race, or must not. They are compiled with the compiler's
// instrumentation, like a user's program; whoever judges the reports is not.
// Each is a function of its own in every build, so that a report can name it.

#ifndef KCSAN_TESTS_KERNEL_SUITE_KERNELS_H_
#define KCSAN_TESTS_KERNEL_SUITE_KERNELS_H_

#include "kcsan/annotations/data_racy.h"

namespace kernel_suite {

#define KERNEL __attribute__((noinline))

enum : int { kPageLongs = 4096 / sizeof(long), kArrayLongs = 3 * kPageLongs };

// 64 bytes: too large to have its value compared.
struct Block {
  long part[8];
};

// What they race for. Apart by more than one page would be kinder to the
// watchpoints, but it is what programs are like.
extern long g_value;
extern long g_array[kArrayLongs];
extern Block g_block;
extern volatile long g_ticks;
extern kcsan::data_racy<long> g_racy;

// The bits that somebody owns, and a bit that nobody does.
enum : long { kOwnedBits = 0xff00, kFreeBits = 0xff, kOneBit = 0x10000 };

using Kernel = void (*)();

// --- Plain, on g_value -------------------------------------------------------
void ReadValue();
void WriteValue();       // another value each time
void WriteSameValue();   // writes what is there
void WriteSame_rcu();    // the same; the name is what matters
void AddToValue();       // value++
void AddToArray();       // array[i]++, here and there on three pages
void TouchNothing();     // accesses of no bytes
void ReadValueRacily();  // data_race()

// --- Plain, elsewhere --------------------------------------------------------
void WriteBlock();
void WriteBlockPart();  // 8 bytes in the middle of it
void ReadTicks();       // volatile
void WriteTicks();      // volatile
void ReadRacy();        // data_racy<long>
void WriteRacy();

// --- Plain, on a variable that each thread has of its own --------------------
void ReadOwn();
void WriteOwn();

// --- Marked, on g_value ------------------------------------------------------
void ReadValueOnce();
void WriteValueOnce();
void WriteSameValueOnce();
void ModifyValueAtomically();
void FlipOneBit();
void FlipFreeBits();
void FlipOwnedBits();

// --- Claims, on g_value ------------------------------------------------------
void ClaimWriter();
void ClaimAccess();
void ClaimBits();
void ClaimWriterInScope();
void ClaimAccessInScope();
void ScopeInside();  // what the two above call meanwhile

// --- A sequence lock around g_block ------------------------------------------
void WriteUnderSequence();  // one thread at a time
void ReadUnderSequence();
void WriteBlockByPart();  // the same accesses without it
void ReadBlockByPart();

// --- Locks around g_value (lock_kernels.cc) ----------------------------------
void LockWithBarriers();
void LockWithoutBarriers();
void LockWithBuiltins();
void LockWithRelaxedBuiltins();
// The number that got into the critical section since the last call.
long TakeLockCount();

// --- Atomic builtins (builtin_kernels.cc) ------------------------------------
// All of them, on words that all threads share.
void UseAtomicBuiltins();
// What UseAtomicBuiltins() adds up to; null, or what does not.
const char* CheckAtomicSums();
// Each result, by one thread. Null, or what is wrong.
const char* CheckAtomicResults();

// --- What ends an access that is under way (barrier_kernels.cc) --------------
// Null, or what ends (or does not end) which access.
const char* CheckBarriers();

// --- Of the judge's side: not instrumented -----------------------------------
// A number that nobody had yet.
long FreshNumber();
// Lets others run.
void Dawdle();
// Writes g_value unseen.
void WriteValueUnseen();
// Does the weak-memory model have an access of this thread under way?
bool IsUnderWay();
// "after a plain <access>, <what>: it <how>", valid until the next call.
const char* Wrong(const char* what, const char* access, const char* how);

// Uses a value, as far as the compiler knows.
inline __attribute__((always_inline)) void Keep(long value) {
  __asm__ __volatile__("" : : "r"(value));
}

}  // namespace kernel_suite

#endif  // KCSAN_TESTS_KERNEL_SUITE_KERNELS_H_
