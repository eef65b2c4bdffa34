// SPDX-License-Identifier: Apache-2.0
//
// What an access costs with 1, 2, 8 and 32 threads, idle. In processor time, so
// that threads that wait for a processor do not count.

#include <benchmark/benchmark.h>

#include <string>

#include "bench/detector.h"
#include "bench/workloads.h"

namespace {

using kcsan::bench::Workload;

void Run(benchmark::State& state, void (*run)(long*, int64_t)) {
  constexpr int64_t kBatch = 16 * 1024;
  // Each thread has its own words: what is shared is the detector's.
  long words[kcsan::bench::kNumWords] = {};
  kcsan::bench::ForgetSkips();
  for (auto _ : state) run(words, kBatch);
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * kBatch);
}

}  // namespace

int main(int argc, char** argv) {
  kcsan::bench::StartDetector();
  kcsan::bench::UseOverhead(0);
  for (const Workload& workload : kcsan::bench::on::Workloads()) {
    if (workload.name != "READ_ONCE" && workload.name != "kcsan_check_write" &&
        workload.name != "ASSERT_EXCLUSIVE_WRITER") {
      continue;
    }
    benchmark::RegisterBenchmark(
        workload.name.c_str(),
        [=](benchmark::State& state) { Run(state, workload.run); })
        ->MinTime(0.03)
        ->Repetitions(15)
        ->Threads(1)
        ->Threads(2)
        ->Threads(8)
        ->Threads(32);
  }
  return kcsan::bench::RunBenchmarks(argc, argv);
}
