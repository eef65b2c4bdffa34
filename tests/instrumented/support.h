// SPDX-License-Identifier: Apache-2.0
//
// What the programs of this folder share. Each one defines Round(): a small
// piece of work that is correct, and, when asked, the same with its
// synchronisation left out. The first must run without a report, the second
// must not, or the silence of the first would mean nothing (see run_twins.py).

#ifndef KCSAN_TESTS_INSTRUMENTED_SUPPORT_H_
#define KCSAN_TESTS_INSTRUMENTED_SUPPORT_H_

#include <functional>

// Defined by each program. Called again and again by main(). Returns whether
// the work came out right; of the racy twin nobody asks that.
bool Round(bool racy);

namespace support {

// Runs body(0) to body(count - 1), each on a thread of its own, all let go at
// the same time, and joins them.
void Together(int count, const std::function<void(int)>& body);

}  // namespace support

#endif  // KCSAN_TESTS_INSTRUMENTED_SUPPORT_H_
