// SPDX-License-Identifier: Apache-2.0
//
// What the programs of this folder share. Each one defines Round(): a small
// piece of work that is correct, and, when asked, the same with its
// synchronisation left out. The first must run without a report, the second
// must not, or the silence of the first would mean nothing (see run_twins.py).

#ifndef KCSAN_TESTS_INSTRUMENTED_SUPPORT_H_
#define KCSAN_TESTS_INSTRUMENTED_SUPPORT_H_

#include <stdbool.h>

#ifdef __cplusplus
#include <functional>
extern "C" {
#endif

// Defined by each program. Called again and again by main(). Returns whether
// the work came out right; of the racy twin nobody asks that.
bool Round(bool racy);

// The optimiser has to take the memory at `p` for read and changed here. Not
// `volatile`: the detector takes accesses to that for marked ones.
static inline void Touch(void* p) {
  __asm__ __volatile__("" : : "r"(p) : "memory");
}

// Accesses that have to do with nothing, in the caller itself: with
// weak_memory=1 an access of the caller may be under way until here.
static inline __attribute__((always_inline)) void GoOn(void) {
  long own[8] = {0};
  for (int i = 0; i < 8; ++i) {
    ++own[i];
    Touch(own);
  }
}

#ifdef __cplusplus
}  // extern "C"

namespace support {

// Runs body(0) to body(count - 1), each on a thread of its own, all let go at
// the same time, and joins them.
void Together(int count, const std::function<void(int)>& body);

}  // namespace support

#endif  // __cplusplus

#endif  // KCSAN_TESTS_INSTRUMENTED_SUPPORT_H_
