// SPDX-License-Identifier: Apache-2.0
//
// Throughput of an annotated ring between two threads: off, on while nothing is
// watched, and on with the default options.

#include <benchmark/benchmark.h>
#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/detector.h"
#include "bench/workloads.h"

namespace {

using kcsan::bench::Ring;
using kcsan::bench::RingKind;

// Each thread on a processor of its own: which two the scheduler picks, and
// whether two at all, would be measured otherwise.
void RunOn(int cpu) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return;
  cpu_set_t wanted;
  CPU_ZERO(&wanted);
  for (int i = 0, seen = 0; i < CPU_SETSIZE; ++i) {
    if (!CPU_ISSET(i, &allowed)) continue;
    if (seen++ == cpu) CPU_SET(i, &wanted);
  }
  if (CPU_COUNT(&wanted) == 1) {
    pthread_setaffinity_np(pthread_self(), sizeof(wanted), &wanted);
  }
}

// Seconds that it takes to move `count` items.
double Transfer(Ring* ring, int64_t count) {
  std::atomic<bool> ready(false);
  std::thread producer([&] {
    RunOn(1);
    ready.store(true, std::memory_order_release);
    ring->Produce(count);
  });
  while (!ready.load(std::memory_order_acquire)) sched_yield();
  const auto begin = std::chrono::steady_clock::now();
  benchmark::DoNotOptimize(ring->Consume(count));
  const auto end = std::chrono::steady_clock::now();
  producer.join();
  return std::chrono::duration<double>(end - begin).count();
}

void Run(benchmark::State& state, const RingKind& kind, uint32_t overhead,
         int64_t num_items) {
  kcsan::bench::UseOverhead(overhead);
  RunOn(0);
  const std::unique_ptr<Ring> ring = kind.create();
  for (auto _ : state) state.SetIterationTime(Transfer(ring.get(), num_items));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * num_items);
}

// Without stalls: many short runs, of which one meets a moment when both
// processors are ours. With stalls: few, each long enough for the budget to
// even out.
void Register(const std::vector<RingKind>& kinds, const std::string& mode,
              uint32_t overhead) {
  const bool stalls = overhead > 0;
  const int64_t num_items = stalls ? 4 * 1024 * 1024 : 64 * 1024;
  for (const RingKind& kind : kinds) {
    benchmark::RegisterBenchmark(
        (kind.name + "/" + mode).c_str(),
        [=](benchmark::State& state) { Run(state, kind, overhead, num_items); })
        ->UseManualTime()
        ->Iterations(1)
        ->Repetitions(stalls ? 11 : 400);
  }
}

}  // namespace

int main(int argc, char** argv) {
  kcsan::bench::StartDetector();
  Register(kcsan::bench::off::Rings(), "off", 0);
  Register(kcsan::bench::on::Rings(), "idle", 0);
  Register(kcsan::bench::on::Rings(), "default", kcsan::Options().overhead);
  return kcsan::bench::RunBenchmarks(argc, argv);
}
