// SPDX-License-Identifier: Apache-2.0
//
// pthread_cancel() at a thread that stands in its window. Whatever the kind of
// cancellation, the thread ends outside of it, and leaves nothing behind.

#include <pthread.h>

#include <cstdint>
#include <initializer_list>

#include "doctest/doctest.h"
#include "kcsan/core/hooks.h"
#include "kcsan/platform/platform.h"
#include "tests/support/accesses.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

long g_x;
uint32_t g_window_open;  // by the stalled thread
uint32_t g_may_leave;    // to the stalled thread
void (*g_platform_stall)(const core::StallRequest&);

// The real waits, which are where a cancellation would strike.
void RealStall(const core::StallRequest& request) {
  if (request.is_handoff) {
    g_platform_stall(request);
    return;
  }
  __atomic_store_n(&g_window_open, 1, __ATOMIC_RELEASE);
  core::StallRequest until_told = request;
  until_told.delay_ns = uint64_t{10} * 1000000000;
  until_told.word = &g_may_leave;
  until_told.idle = 0;
  g_platform_stall(until_told);
}

void UseRealStall(core::Hooks& hooks) {
  core::Hooks platform = {};
  platform::FillHooks(&platform);
  g_platform_stall = platform.stall;
  hooks.stall = &RealStall;
}

void* AccessAndEnd(void* cancel_type) {
  pthread_setcanceltype(*static_cast<int*>(cancel_type), nullptr);
  kcsan_check_read(&g_x, sizeof(g_x));
  // Deferred, it ends here.
  for (int i = 0; i < 1000; ++i) pthread_testcancel();
  return nullptr;
}

// Cancels a thread in its window. `meet` runs before it may leave the window.
template <typename Function>
void CancelInWindow(int cancel_type, Function meet) {
  g_window_open = 0;
  g_may_leave = 0;
  pthread_t thread;
  REQUIRE(pthread_create(&thread, nullptr, &AccessAndEnd, &cancel_type) == 0);
  while (__atomic_load_n(&g_window_open, __ATOMIC_ACQUIRE) == 0) sched_yield();
  CHECK(pthread_cancel(thread) == 0);
  meet();
  __atomic_store_n(&g_may_leave, 1, __ATOMIC_RELEASE);
  core::g_hooks.wake(&g_may_leave);
  void* result = nullptr;
  CHECK(pthread_join(thread, &result) == 0);
  CHECK(result == PTHREAD_CANCELED);
  CHECK(Leftovers() == "");
}

const std::initializer_list<int> kTypes = {PTHREAD_CANCEL_DEFERRED,
                                           PTHREAD_CANCEL_ASYNCHRONOUS};

TEST_CASE("a thread that nobody meets") {
  for (const bool signal_watcher : {false, true}) {
    for (const int type : kTypes) {
      CAPTURE(signal_watcher);
      CAPTURE(type);
      RaceHarness harness;
      harness.Set([&](Options& o) { o.signal_watcher = signal_watcher; });
      harness.SetHooks(&UseRealStall);
      CancelInWindow(type, [] {});
      CHECK(CounterValue(Counter::setup_watchpoints) == 1);
    }
  }
}

TEST_CASE("a thread that is met: it waits for a write that never lands") {
  for (const bool signal_watcher : {false, true}) {
    for (const int type : kTypes) {
      CAPTURE(signal_watcher);
      CAPTURE(type);
      RaceHarness harness;
      harness.Set([&](Options& o) { o.signal_watcher = signal_watcher; });
      harness.SetHooks(&UseRealStall);
      CancelInWindow(type, [] {
        NeverWatch();
        kcsan_check_write(&g_x, sizeof(g_x));
      });
      CHECK(harness.TakeReports().size() == 1);
    }
  }
}

// A sink, a user's report handler: anything may be a cancellation point.
void MeetCancellationPoint(char (&name)[kThreadNameSize]) {
  name[0] = '\0';
  pthread_testcancel();
}

TEST_CASE("a cancellation point on the way to the report") {
  RaceHarness harness;
  harness.SetHooks([](core::Hooks& hooks) {
    UseRealStall(hooks);
    hooks.thread_name = &MeetCancellationPoint;
  });
  CancelInWindow(PTHREAD_CANCEL_DEFERRED, [] {
    NeverWatch();
    PlainWrite(&g_x, Load(&g_x) + 1);
  });
  CHECK(harness.TakeReports().size() == 1);
}

TEST_CASE("the thread that comes by has a cancellation pending") {
  RaceHarness harness;
  harness.SetHooks(
      [](core::Hooks& hooks) { hooks.thread_name = &MeetCancellationPoint; });
  harness.RunWithWindow(
      [] { PlainRead(&g_x); },
      [](const core::StallRequest&) {
        pthread_t thread;
        const auto come_by = [](void*) -> void* {
          NeverWatch();
          pthread_cancel(pthread_self());
          kcsan_check_write(&g_x, sizeof(g_x));
          pthread_testcancel();
          return nullptr;
        };
        REQUIRE(pthread_create(&thread, nullptr, come_by, nullptr) == 0);
        void* result = nullptr;
        CHECK(pthread_join(thread, &result) == 0);
        CHECK(result == PTHREAD_CANCELED);
      });
  CHECK(harness.TakeReports().size() == 1);
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
