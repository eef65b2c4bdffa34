// SPDX-License-Identifier: Apache-2.0
//
// What an annotation costs: off, on while nothing is watched, and on with the
// default options, for each operation. In processor time: how long the stalls
// are that come on top is the budget's business (stall_bench.cc).

#include <benchmark/benchmark.h>

#include <string>

#include "bench/detector.h"
#include "bench/workloads.h"

namespace {

using kcsan::bench::Workload;

long g_words[kcsan::bench::kNumWords];

constexpr int64_t kBatch = 64 * 1024;

void Run(benchmark::State& state, void (*run)(long*, int64_t),
         uint32_t overhead) {
  kcsan::bench::UseOverhead(overhead);
  kcsan::bench::ForgetSkips();
  for (auto _ : state) run(g_words, kBatch);
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * kBatch);
}

// Without stalls: many short runs, of which one meets a quiet moment. With
// stalls: few, each long enough for the budget to even out.
void Register(const Workload& workload, const char* mode, uint32_t overhead) {
  const bool stalls = overhead > 0;
  benchmark::RegisterBenchmark(
      (workload.name + "/" + mode).c_str(),
      [=](benchmark::State& state) { Run(state, workload.run, overhead); })
      ->Iterations(stalls ? 300 : 2)
      ->Repetitions(stalls ? 9 : 100);
}

}  // namespace

int main(int argc, char** argv) {
  kcsan::bench::StartDetector();
  for (const Workload& workload : kcsan::bench::off::Workloads()) {
    Register(workload, "off", 0);
  }
  const uint32_t default_overhead = kcsan::Options().overhead;
  for (const Workload& workload : kcsan::bench::on::Workloads()) {
    Register(workload, "idle", 0);
    Register(workload, "default", default_overhead);
  }
  return kcsan::bench::RunBenchmarks(argc, argv);
}
