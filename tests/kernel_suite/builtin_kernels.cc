// SPDX-License-Identifier: Apache-2.0
//
// Every __atomic builtin, in every size. The compiler turns them into calls of
// the detector, which has to do them as well as see them.

#include "tests/kernel_suite/kernels.h"

namespace kernel_suite {
namespace {

// All threads add to these at once; what each adds is known.
template <typename T>
struct Shared {
  T sum;      // + 3 - 1 and + 1 by compare-exchange: 3 a call
  T toggled;  // xor twice: 0 after each call
  T others;   // and, or, nand, exchange, load, store: any value
};

Shared<unsigned char> g_shared8;
Shared<unsigned short> g_shared16;
Shared<unsigned> g_shared32;
Shared<unsigned long> g_shared64;
unsigned long g_calls;

template <typename T>
inline __attribute__((always_inline)) void Use(Shared<T>* shared) {
  __atomic_fetch_add(&shared->sum, T{3}, __ATOMIC_RELAXED);
  __atomic_fetch_sub(&shared->sum, T{1}, __ATOMIC_ACQ_REL);
  T found = __atomic_load_n(&shared->sum, __ATOMIC_ACQUIRE);
  while (!__atomic_compare_exchange_n(&shared->sum, &found,
                                      static_cast<T>(found + 1), /*weak=*/true,
                                      __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
  }
  __atomic_fetch_xor(&shared->toggled, T{0x55}, __ATOMIC_SEQ_CST);
  __atomic_fetch_xor(&shared->toggled, T{0x55}, __ATOMIC_RELEASE);
  __atomic_fetch_and(&shared->others, T{0x0f}, __ATOMIC_RELAXED);
  __atomic_fetch_or(&shared->others, T{0x30}, __ATOMIC_ACQUIRE);
  __atomic_fetch_nand(&shared->others, T{0x3c}, __ATOMIC_RELAXED);
  Keep(static_cast<long>(
      __atomic_exchange_n(&shared->others, T{7}, __ATOMIC_SEQ_CST)));
  __atomic_store_n(&shared->others, T{9}, __ATOMIC_RELEASE);
}

template <typename T>
bool SumsAre(const Shared<T>& shared, unsigned long calls) {
  return __atomic_load_n(&shared.sum, __ATOMIC_RELAXED) ==
             static_cast<T>(3 * calls) &&
         __atomic_load_n(&shared.toggled, __ATOMIC_RELAXED) == 0;
}

// `wrong` is the first expression that did not hold.
#define EXPECT_HOLDS(condition) \
  if (!(condition)) return #condition

template <typename T>
const char* CheckResults() {
  T word = 5;
  EXPECT_HOLDS(__atomic_fetch_add(&word, T{3}, __ATOMIC_RELAXED) == 5);
  EXPECT_HOLDS(__atomic_fetch_sub(&word, T{2}, __ATOMIC_RELAXED) == 8);
  EXPECT_HOLDS(__atomic_fetch_and(&word, T{5}, __ATOMIC_RELAXED) == 6);
  EXPECT_HOLDS(__atomic_fetch_or(&word, T{3}, __ATOMIC_RELAXED) == 4);
  EXPECT_HOLDS(__atomic_fetch_xor(&word, T{1}, __ATOMIC_RELAXED) == 7);
  EXPECT_HOLDS(__atomic_fetch_nand(&word, T{3}, __ATOMIC_RELAXED) == 6);
  EXPECT_HOLDS(word == static_cast<T>(~T{2}));
  EXPECT_HOLDS(__atomic_exchange_n(&word, T{1}, __ATOMIC_SEQ_CST) ==
               static_cast<T>(~T{2}));
  EXPECT_HOLDS(__atomic_add_fetch(&word, T{1}, __ATOMIC_ACQUIRE) == 2);
  EXPECT_HOLDS(__atomic_sub_fetch(&word, T{1}, __ATOMIC_RELEASE) == 1);
  T expected = 2;
  EXPECT_HOLDS(!__atomic_compare_exchange_n(
      &word, &expected, T{9}, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
  EXPECT_HOLDS(expected == 1 && word == 1);
  EXPECT_HOLDS(__atomic_compare_exchange_n(&word, &expected, T{9}, false,
                                           __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
  EXPECT_HOLDS(__atomic_load_n(&word, __ATOMIC_SEQ_CST) == 9);
  __atomic_store_n(&word, T{4}, __ATOMIC_SEQ_CST);
  EXPECT_HOLDS(word == 4);
  EXPECT_HOLDS(__sync_fetch_and_add(&word, T{1}) == 4);
  EXPECT_HOLDS(__sync_bool_compare_and_swap(&word, T{5}, T{6}));
  EXPECT_HOLDS(__sync_lock_test_and_set(&word, T{1}) == 6);
  __sync_lock_release(&word);
  EXPECT_HOLDS(word == 0);
  bool flag = false;
  EXPECT_HOLDS(!__atomic_test_and_set(&flag, __ATOMIC_ACQUIRE));
  EXPECT_HOLDS(__atomic_test_and_set(&flag, __ATOMIC_ACQUIRE));
  __atomic_clear(&flag, __ATOMIC_RELEASE);
  EXPECT_HOLDS(!flag);
  return nullptr;
}

}  // namespace

KERNEL void UseAtomicBuiltins() {
  __atomic_fetch_add(&g_calls, 1, __ATOMIC_RELAXED);
  Use(&g_shared8);
  Use(&g_shared16);
  Use(&g_shared32);
  Use(&g_shared64);
}

const char* CheckAtomicSums() {
  const unsigned long calls = __atomic_load_n(&g_calls, __ATOMIC_RELAXED);
  if (!SumsAre(g_shared8, calls)) return "8-bit sums";
  if (!SumsAre(g_shared16, calls)) return "16-bit sums";
  if (!SumsAre(g_shared32, calls)) return "32-bit sums";
  if (!SumsAre(g_shared64, calls)) return "64-bit sums";
  return nullptr;
}

const char* CheckAtomicResults() {
  const char* const wrong[] = {
      CheckResults<unsigned char>(), CheckResults<unsigned short>(),
      CheckResults<unsigned>(), CheckResults<unsigned long>()};
  for (const char* what : wrong) {
    if (what != nullptr) return what;
  }
  return nullptr;
}

}  // namespace kernel_suite
