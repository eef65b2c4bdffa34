// SPDX-License-Identifier: Apache-2.0
//
// Two workers write one variable in a loop, and nothing orders them. The whole
// file is compiled with instrumentation (BUILD), so the accesses are plain C++
// and the detector still knows of each. docs/tutorial.md walks through it.
//
//   ./bazelw run //examples/datarace                report, status 66
//   KCSAN_OPTIONS=preset=kernel ./bazelw run //examples/datarace
//                                                   silence, status 0
//   ./bazelw run //examples/datarace -- --fixed     silence, status 0
//
// With the kernel's options it is silent because those take an aligned plain
// write for an atomic one, and two atomic writes are no race. By the rules of
// C++ they are one, and the defaults of this detector follow those.

#include <pthread.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <thread>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "kcsan/kcsan.h"

ABSL_FLAG(uint32_t, iterations, 10000000, "how often each worker writes");
ABSL_FLAG(bool, fixed, false, "write under a lock");
ABSL_FLAG(bool, marked, false, "write with WRITE_ONCE()");

struct Shared {
  uint64_t data = 0;
  std::mutex mutex;
  bool is_up[2] = {false, false};
  // The workers start together. With few iterations the first would otherwise
  // be done before the second is there.
  pthread_barrier_t start;
};

struct Plan {
  uint32_t iterations;
  bool fixed;
  bool marked;
};

// Part of its caller in every build, so that a loop has one access that the
// compiler tells of, the write.
__attribute__((always_inline)) inline std::unique_lock<std::mutex> LockIf(
    bool wanted, Shared* shared) {
  return wanted ? std::unique_lock<std::mutex>(shared->mutex)
                : std::unique_lock<std::mutex>();
}

// The optimiser sees that nobody reads between two writes, and would leave one
// write of the whole loop. This stops it. It is no instruction, and orders
// nothing between threads.
inline void EndOfStep() { __asm__ __volatile__("" ::: "memory"); }

// The first write of a thread is always watched. It is this one, so that the
// loop is sampled as that of a thread that has been there for long.
void Begin(Shared* shared, int number) {
  shared->is_up[number] = true;
  pthread_barrier_wait(&shared->start);
}

void FirstWorker(Shared* shared, Plan plan) {
  Begin(shared, 0);
  for (uint32_t i = 0; i < plan.iterations; ++i) {
    const auto lock = LockIf(plan.fixed, shared);
    if (plan.marked) {
      WRITE_ONCE(shared->data, 1000000000 + i);  // pairs with SecondWorker()
    } else {
      shared->data = 1000000000 + i;
    }
    EndOfStep();
  }
}

void SecondWorker(Shared* shared, Plan plan) {
  Begin(shared, 1);
  for (uint32_t i = 0; i < plan.iterations; ++i) {
    const auto lock = LockIf(plan.fixed, shared);
    if (plan.marked) {
      WRITE_ONCE(shared->data, 2000000000 + i);  // pairs with FirstWorker()
    } else {
      shared->data = 2000000000 + i;
    }
    EndOfStep();
  }
}

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("Two workers write one variable.");
  absl::ParseCommandLine(argc, argv);
  const Plan plan = {absl::GetFlag(FLAGS_iterations),
                     absl::GetFlag(FLAGS_fixed), absl::GetFlag(FLAGS_marked)};

  Shared shared;
  pthread_barrier_init(&shared.start, nullptr, 2);
  std::thread first(FirstWorker, &shared, plan);
  std::thread second(SecondWorker, &shared, plan);
  first.join();
  second.join();
  pthread_barrier_destroy(&shared.start);
  std::printf("the last value is %" PRIu64 "\n", shared.data);
}
