// SPDX-License-Identifier: Apache-2.0
//
// The table of hooks: every entry has a default, and a missing one falls back
// to it.

#include "kcsan/core/hooks.h"

#include <cstdint>
#include <cstring>

#include "doctest/doctest.h"
#include "kcsan/checks.h"
#include "kcsan/core/process.h"

namespace kcsan {
namespace core {
namespace {

// The table is function pointers and nothing else, so it can be walked.
constexpr size_t kNumHooks = sizeof(Hooks) / sizeof(void (*)());

bool IsComplete(const Hooks& hooks) {
  void* entries[kNumHooks];
  std::memcpy(entries, &hooks, sizeof(hooks));
  for (const void* entry : entries) {
    if (entry == nullptr) return false;
  }
  return true;
}

void CheckDefaults() {
  CHECK(IsComplete(g_hooks));
  CHECK(g_hooks.now_ns() == 0);
  CHECK(g_hooks.thread_id() == 1);
  CHECK(g_hooks.cpu() == -1);
  char name[kThreadNameSize] = "not empty";
  g_hooks.thread_name(name);
  CHECK(name[0] == '\0');
  int x = 0;
  CHECK(g_hooks.is_readable(&x, sizeof(x)));
  CHECK(g_hooks.has_stack(SIZE_MAX));
  g_hooks.stall(StallRequest());
  g_hooks.wake(nullptr);
  g_hooks.restore_signals(g_hooks.block_signals());
  uintptr_t frames[2] = {0, 0};
  CHECK(g_hooks.unwind(0x1234, frames, 2) == 1);
  CHECK(frames[0] == 0x1234);
  CHECK(g_hooks.unwind(0x1234, frames, 0) == 0);
  CHECK(g_hooks.function_start(0x1234) == 0);
  CHECK_FALSE(g_hooks.always_report(0x1234));
  g_hooks.report(RaceReport());
}

TEST_CASE("the defaults are there before anybody sets a hook") {
  CheckDefaults();
}

TEST_CASE("missing hooks are the default ones") {
  Hooks hooks = {};
  hooks.now_ns = [] { return uint64_t{77}; };
  SetHooks(hooks);
  CHECK(IsComplete(g_hooks));
  CHECK(g_hooks.now_ns() == 77);
  CHECK(g_hooks.thread_id() == 1);
  SetHooks(Hooks());
  CheckDefaults();
}

TEST_CASE("a hook that is set is the one that is called") {
  Hooks hooks;
  // Any address will do: nothing is called.
  void* entries[kNumHooks];
  static char places[kNumHooks];
  for (size_t i = 0; i < kNumHooks; ++i) entries[i] = &places[i];
  std::memcpy(&hooks, entries, sizeof(hooks));
  SetHooks(hooks);
  CHECK(std::memcmp(&g_hooks, &hooks, sizeof(hooks)) == 0);
  SetHooks(Hooks());
}

TEST_CASE("without any hook the core runs, and finds nothing") {
  SetHooks(Hooks());
  SetEnabled(true);
  long x = 0;
  for (int i = 0; i < 100000; ++i) kcsan_check_write(&x, sizeof(x));
  SetEnabled(false);
  CHECK(__atomic_load_n(&kcsan_rt_armed, __ATOMIC_RELAXED) == 0);
}

}  // namespace
}  // namespace core
}  // namespace kcsan
