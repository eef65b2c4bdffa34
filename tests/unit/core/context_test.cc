// SPDX-License-Identifier: Apache-2.0
//
// What a thread costs and what it starts from: nothing, all zero.

#include "kcsan/core/context.h"

#include <cstddef>
#include <cstring>
#include <thread>
#include <type_traits>

#include "doctest/doctest.h"
#include "kcsan/core/hooks.h"
#include "kcsan/core/options.h"

namespace kcsan {
namespace core {
namespace {

TEST_CASE("a thread costs less than 512 bytes") {
  CHECK(sizeof(ThreadContext) + sizeof(kcsan_rt_thread_fast) < 512);
}

TEST_CASE("a thread's state needs no constructor and no destructor") {
  CHECK(std::is_trivially_destructible<ThreadContext>::value);
  CHECK(std::is_trivially_default_constructible<ThreadContext>::value);
  CHECK(std::is_trivially_copyable<ThreadContext>::value);
}

TEST_CASE("the part that programs see has the layout that they compiled") {
  CHECK(sizeof(kcsan_rt_thread_fast) == 20);
  CHECK(offsetof(kcsan_rt_thread_fast, skip) == 0);
  CHECK(offsetof(kcsan_rt_thread_fast, attention) == 8);
  CHECK(offsetof(kcsan_rt_thread_fast, disable_count) == 12);
  CHECK(kAttentionReorder == KCSAN_RT_ATTENTION_REORDER);
  CHECK((kAttentionScoped & kAttentionAtomicNext) == 0);
  CHECK((kAttentionScoped & kAttentionReorder) == 0);
  CHECK((kAttentionAtomicNext & kAttentionReorder) == 0);
}

TEST_CASE("a new thread starts from zero") {
  bool is_zero = false;
  std::thread([&is_zero] {
    const ThreadContext zero = {};
    is_zero = std::memcmp(&t_context, &zero, sizeof(zero)) == 0 &&
              kcsan_rt_thread.skip[0] == 0 && kcsan_rt_thread.skip[1] == 0 &&
              kcsan_rt_thread.attention == 0 &&
              kcsan_rt_thread.disable_count == 0;
  }).join();
  CHECK(is_zero);
}

TEST_CASE("with a seed, choices repeat; without, threads differ") {
  Options options;
  options.seed = 7;
  SetOptions(options);
  ThreadContext a = {};
  ThreadContext b = {};
  InitThread(&a);
  InitThread(&b);
  CHECK(a.thread_id != 0);
  // Threads in turn, so not the same numbers.
  CHECK(a.sampler.random.state != b.sampler.random.state);

  options.seed = 0;
  SetOptions(options);
  Hooks hooks = {};
  hooks.now_ns = [] { return uint64_t{1000}; };
  hooks.thread_id = [] { return int32_t{5}; };
  SetHooks(hooks);
  InitThread(&a);
  CHECK(a.thread_id == 5);
  hooks.thread_id = [] { return int32_t{6}; };
  SetHooks(hooks);
  InitThread(&b);
  CHECK(b.thread_id == 6);
  CHECK(a.sampler.random.state != b.sampler.random.state);
  CHECK(a.sampler.random.state != 0);
  SetHooks(Hooks());
  SetOptions(Options());
}

}  // namespace
}  // namespace core
}  // namespace kcsan
