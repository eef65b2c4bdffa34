// SPDX-License-Identifier: Apache-2.0
//
// Puts the detector into the states that are compared, and runs benchmarks.

#ifndef KCSAN_BENCH_DETECTOR_H_
#define KCSAN_BENCH_DETECTOR_H_

#include <stdint.h>

#include "kcsan/core/hooks.h"
#include "kcsan/core/options.h"

namespace kcsan {
namespace bench {

// The core with the platform's hooks, and no report room: nothing here races.
void StartDetector();

// Budget sampling with this overhead, everything else as by default.
void UseOverhead(uint32_t overhead);

// Lets the calling thread ask for a sample at its next plain access.
void ForgetSkips();

// The rest of main(), once the benchmarks are registered.
int RunBenchmarks(int argc, char** argv);

}  // namespace bench
}  // namespace kcsan

#endif  // KCSAN_BENCH_DETECTOR_H_
