// SPDX-License-Identifier: Apache-2.0

// Both names are made here, see bazel/copts.bzl.
#undef kcsan_rt_thread

#include "kcsan/core/process.h"

#include "kcsan/checks.h"
#include "kcsan/core/context.h"
#include "kcsan/core/counters.h"
#include "kcsan/core/handoff.h"
#include "kcsan/core/hooks.h"
#include "kcsan/core/options.h"

namespace {

// The armed word alone in its cache line: a neighbour that is written would
// cost every access of every thread a miss.
struct KCSAN_CACHE_LINE_ALIGNED ArmedLine {
  uint32_t armed;
  char padding[60];
};
static_assert(sizeof(ArmedLine) == 64, "one cache line");

}  // namespace

extern "C" {

KCSAN_INTERNAL_TLS kcsan_rt_thread_fast kcsan_rt_thread;
extern __attribute__((alias("kcsan_rt_thread"), visibility("hidden")))
KCSAN_INTERNAL_TLS kcsan_rt_thread_fast __kcsan_thread;

ArmedLine kcsan_internal_armed_line;
extern __attribute__((alias("kcsan_internal_armed_line")))
uint32_t kcsan_rt_armed;

}  // extern "C"

namespace kcsan {
namespace core {
namespace {

uint32_t g_enabled;
uint32_t g_num_threads;
uint32_t* g_process_mark;

}  // namespace

KCSAN_INTERNAL_TLS ThreadContext t_context;

const Options* g_options;
KCSAN_CONSTINIT const Options g_default_options;
WatchpointTable g_table;
RateLimiter g_rate_limiter;
BenignMemory g_benign_memory;
Orphans g_orphans;
uint64_t g_counters[kNumCounters];

// A reader keeps its reference for the length of one access. It would have to
// sleep through this many changes to see its options change under it.
constexpr uint32_t kNumPublished = 16;

void SetOptions(const Options& options) {
  static Options published[kNumPublished];
  static uint32_t num_changes;
  const uint32_t change = __atomic_fetch_add(&num_changes, 1, __ATOMIC_RELAXED);
  Options* const place = &published[change % kNumPublished];
  *place = options;
  // Release: pairs with the acquire in CurrentOptions().
  __atomic_store_n(&g_options, place, __ATOMIC_RELEASE);
}

// Relaxed both ways: a switch orders nothing.
void SetEnabled(bool enabled) {
  __atomic_store_n(&g_enabled, enabled ? 1 : 0, __ATOMIC_RELAXED);
}
bool IsEnabled() { return __atomic_load_n(&g_enabled, __ATOMIC_RELAXED) != 0; }

void InitThread(ThreadContext* context) {
  context->thread_id = g_hooks.thread_id();
  // With a given seed the n-th thread always makes the same choices.
  const uint32_t number =
      __atomic_fetch_add(&g_num_threads, 1, __ATOMIC_RELAXED);
  const uint64_t seed =
      CurrentOptions().seed != 0
          ? (uint64_t{CurrentOptions().seed} << 32) + number
          : g_hooks.now_ns() + static_cast<uint64_t>(context->thread_id);
  SeedRandom(&context->sampler.random, seed);
}

void ResetAfterFork() {
  __atomic_store_n(&kcsan_rt_armed, 0, __ATOMIC_RELAXED);
  ClearTable(&g_table);
  ClearHandoffs();
  ClearRateLimiter(&g_rate_limiter);
  __atomic_store_n(&g_counters[static_cast<int>(Counter::used_watchpoints)], 0,
                   __ATOMIC_RELAXED);
  t_context.thread_id = 0;
  // A handler that forked on top of a stall returns into it.
  t_context.stalling = false;
}

void SetProcessMark(uint32_t* mark) { g_process_mark = mark; }

void SettleProcess() {
  if (g_process_mark != nullptr) {
    __atomic_store_n(g_process_mark, 1, __ATOMIC_RELAXED);
  }
}

bool EnterNewProcess() {
  if (KCSAN_LIKELY(g_process_mark == nullptr ||
                   __atomic_load_n(g_process_mark, __ATOMIC_RELAXED) != 0)) {
    return false;
  }
  // The child has one thread at first, but may have more by now.
  return __atomic_exchange_n(g_process_mark, 1, __ATOMIC_RELAXED) == 0;
}

}  // namespace core
}  // namespace kcsan
