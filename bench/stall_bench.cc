// SPDX-License-Identifier: Apache-2.0
//
// How long a stall really takes, asked for 40 microseconds, and what part of
// its time a busy thread spends stalled, asked for a budget.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bench/detector.h"
#include "bench/workloads.h"
#include "kcsan/core/counters.h"
#include "kcsan/platform/platform.h"

namespace {

using kcsan::Counter;
using kcsan::core::ReadCounter;
using kcsan::platform::NowNs;

constexpr double kNsPerUs = 1000;

kcsan::core::Hooks PlatformHooks() {
  kcsan::core::Hooks hooks = {};
  kcsan::platform::FillHooks(&hooks);
  return hooks;
}

void Stall(benchmark::State& state, bool spin) {
  const kcsan::core::Hooks hooks = PlatformHooks();
  const uint32_t word = 0;
  kcsan::core::StallRequest request = {};
  request.delay_ns = 40 * 1000;
  request.word = &word;
  request.spin = spin;
  std::vector<uint64_t> lengths;
  for (auto _ : state) {
    const uint64_t begin = NowNs();
    hooks.stall(request);
    lengths.push_back(NowNs() - begin);
  }
  std::sort(lengths.begin(), lengths.end());
  const auto percentile = [&](size_t percent) {
    return static_cast<double>(lengths[(lengths.size() - 1) * percent / 100]) /
           kNsPerUs;
  };
  state.counters["min_us"] = percentile(0);
  state.counters["median_us"] = percentile(50);
  state.counters["p90_us"] = percentile(90);
}

// Time in the stall hook, of the one thread that is measured.
uint64_t g_stalled_ns;
void (*g_real_stall)(const kcsan::core::StallRequest&);

void TimedStall(const kcsan::core::StallRequest& request) {
  const uint64_t begin = NowNs();
  g_real_stall(request);
  g_stalled_ns += NowNs() - begin;
}

// A busy loop of told accesses: the thread that a budget has to hold back.
void Budget(benchmark::State& state, uint32_t overhead) {
  constexpr int64_t kBatch = 64 * 1024;
  const auto& workloads = kcsan::bench::on::Workloads();
  const auto told =
      std::find_if(workloads.begin(), workloads.end(),
                   [](const auto& w) { return w.name == "kcsan_check_write"; });
  std::vector<long> words(kcsan::bench::kNumWords);

  kcsan::core::Hooks hooks = PlatformHooks();
  g_real_stall = hooks.stall;
  hooks.stall = &TimedStall;
  kcsan::core::SetHooks(hooks);

  kcsan::bench::UseOverhead(overhead);
  kcsan::bench::ForgetSkips();
  g_stalled_ns = 0;
  const uint64_t windows = ReadCounter(Counter::setup_watchpoints);
  const uint64_t begin = NowNs();
  for (auto _ : state) told->run(words.data(), kBatch);
  const double total_ns = static_cast<double>(NowNs() - begin);
  const double num_windows =
      static_cast<double>(ReadCounter(Counter::setup_watchpoints) - windows);
  state.counters["stalled_percent"] =
      100 * static_cast<double>(g_stalled_ns) / total_ns;
  state.counters["windows_per_s"] = num_windows / (total_ns / 1e9);
  state.counters["us_per_window"] =
      num_windows > 0
          ? static_cast<double>(g_stalled_ns) / num_windows / kNsPerUs
          : 0;
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * kBatch);
}

}  // namespace

int main(int argc, char** argv) {
  kcsan::bench::StartDetector();
  for (const bool spin : {false, true}) {
    benchmark::RegisterBenchmark(
        spin ? "stall/spin" : "stall/sleep",
        [=](benchmark::State& state) { Stall(state, spin); })
        ->UseRealTime()
        ->MinTime(0.3)
        ->Repetitions(5);
  }
  for (const uint32_t overhead : {0, 1, 5, 20, 50}) {
    benchmark::RegisterBenchmark(
        ("overhead/" + std::to_string(overhead)).c_str(),
        [=](benchmark::State& state) { Budget(state, overhead); })
        ->UseRealTime()
        ->MinTime(0.3)
        ->Repetitions(5);
  }
  return kcsan::bench::RunBenchmarks(argc, argv);
}
