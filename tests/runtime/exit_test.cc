// SPDX-License-Identifier: Apache-2.0
//
// The beginning and the end of a program: accesses before the runtime has
// started, exit() while a thread is stalled, accesses in destructors that run
// after everything else.

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <thread>

#include "doctest/doctest.h"
#include "kcsan/core/hooks.h"
#include "kcsan/platform/platform.h"
#include "tests/support/accesses.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

long g_x;

// Runs before main(), and before the runtime would start; and again after
// main(), when statics are being destroyed.
struct EarlyAndLate {
  EarlyAndLate() {
    Touch();
    is_quiet = kcsan_rt_armed == 0 && kcsan_rt_thread.attention == 0;
  }
  ~EarlyAndLate() { Touch(); }
  static void Touch() {
    for (int i = 0; i < 1000; ++i) {
      PlainRead(&g_x);
      PlainWrite(&g_x, 1L);
      MarkedAdd(&g_x, 1L);
      ClaimAccess(&g_x);
      ClaimBits(&g_x, 1);
      kcsan_disable_current();
      kcsan_enable_current();
      KCSAN_INTERNAL_BARRIER(mb);
    }
    const ScopedClaim claim(&g_x, sizeof(g_x), kClaimWriter);
    PlainRead(&g_x);
  }
  bool is_quiet = false;
};
EarlyAndLate g_early_and_late __attribute__((init_priority(101)));

TEST_CASE("accesses before the runtime has started do nothing") {
  CHECK(g_early_and_late.is_quiet);
  CHECK(CounterValue(Counter::setup_watchpoints) == 0);
}

void (*g_platform_stall)(const core::StallRequest&);
bool g_is_stalled;

// Holds every window for a minute, as the real stall would.
void LongStall(const core::StallRequest& request) {
  core::StallRequest longer = request;
  if (!request.is_handoff) {
    longer.delay_ns = uint64_t{60} * 1000000000;
    __atomic_store_n(&g_is_stalled, true, __ATOMIC_RELEASE);
  }
  g_platform_stall(longer);
}

void UseLongStall(core::Hooks& hooks) {
  core::Hooks platform = {};
  platform::FillHooks(&platform);
  g_platform_stall = platform.stall;
  hooks.stall = &LongStall;
}

// Forks; the child starts a thread that stalls, and then calls `leave`. Its
// exit status, -1 if it had to be killed.
template <typename Function>
int StatusOf(Function leave) {
  std::cout.flush();  // or the child prints it again
  const pid_t child = fork();
  if (child == 0) {
    RaceHarness* const harness = new RaceHarness;  // never to be destroyed
    harness->SetHooks(&UseLongStall);
    std::thread([] { PlainWrite(&g_x, 1L); }).detach();
    while (!__atomic_load_n(&g_is_stalled, __ATOMIC_ACQUIRE)) {
      std::this_thread::yield();
    }
    NeverWatch();
    leave();
  }
  for (int i = 0; i < 1000; ++i) {
    int status = 0;
    if (waitpid(child, &status, WNOHANG) == child) {
      return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    usleep(10000);
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return -1;
}

TEST_CASE("exit() does not wait for a thread in its window") {
  CHECK(StatusOf([] { exit(7); }) == 7);
  CHECK(StatusOf([] { quick_exit(8); }) == 8);
  CHECK(StatusOf([] { _exit(9); }) == 9);
}

TEST_CASE("exit() with a race under way") {
  // The other thread's window is met on the way out.
  CHECK(StatusOf([] {
          PlainWrite(&g_x, 2L);
          exit(5);
        }) == 5);
}

TEST_CASE("accesses after main(), with the detector on") {
  std::cout.flush();
  const pid_t child = fork();
  if (child == 0) {
    RaceHarness* const harness = new RaceHarness;
    harness->Set([](Options& o) { o.udelay = 1; });
    exit(6);  // runs ~EarlyAndLate()
  }
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 6);
}

thread_local struct LateInThread {
  ~LateInThread() {
    for (int i = 0; i < 100; ++i) PlainWrite(&g_x, 1L);
  }
  int use = 0;
} t_late;

TEST_CASE("accesses in the destructors of a thread") {
  RaceHarness harness;
  std::thread([] {
    t_late.use = 1;
    PlainRead(&g_x);
  }).join();
  CHECK(CounterValue(Counter::setup_watchpoints) == 101);
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
