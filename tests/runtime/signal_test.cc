// SPDX-License-Identifier: Apache-2.0
//
// Signal handlers at bad moments: on a thread in its window, with and without
// signal_watcher; handlers that never return; handlers in the runtime; and a
// storm of all of them.

#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <thread>

#include "doctest/doctest.h"
#include "kcsan/annotations/seqlock.h"
#include "kcsan/core/context.h"
#include "kcsan/platform/platform.h"
#include "tests/support/accesses.h"
#include "tests/support/expect.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

long g_x;
long g_y;
int g_handled;

// A handler for the length of a test.
class ScopedHandler {
 public:
  ScopedHandler(int number, void (*handler)(int)) : number_(number) {
    struct sigaction action = {};
    action.sa_handler = handler;
    sigaction(number, &action, &saved_);
    g_handled = 0;
  }
  ~ScopedHandler() { sigaction(number_, &saved_, nullptr); }
  ScopedHandler(const ScopedHandler&) = delete;
  ScopedHandler& operator=(const ScopedHandler&) = delete;

 private:
  const int number_;
  struct sigaction saved_;
};

// One access of the calling thread, with a signal in its first window.
Encounter AccessWithSignal(RaceHarness* harness, int number,
                           const RaceHarness::Body& access) {
  Encounter encounter;
  encounter.watcher_thread = platform::ThreadId();
  encounter.other_thread = encounter.watcher_thread;
  harness->RunWithWindow(access, [&](const core::StallRequest&) {
    // The handler's own accesses are watched, too.
    if (encounter.met) return;
    encounter.met = true;
    pthread_kill(pthread_self(), number);
  });
  encounter.reports = harness->TakeReports();
  return encounter;
}

void StoreUntold(int) {
  ++g_handled;
  Store(&g_x, Load(&g_x) + 1);
}

TEST_CASE("a handler that touches the variable waits, and is no race") {
  RaceHarness harness;
  const ScopedHandler handler(SIGUSR1, &StoreUntold);
  const auto access = [] {
    PlainRead(&g_x);
    // It came after the window, and before the access.
    CHECK(g_handled == 1);
  };
  CHECK(Mismatch(AccessWithSignal(&harness, SIGUSR1, access),
                 ExpectSilence()) == "");
}

TEST_CASE("with signal_watcher it runs in the window, and is one") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.signal_watcher = true; });
  const ScopedHandler handler(SIGUSR1, &StoreUntold);
  g_x = 4;
  CHECK(Mismatch(AccessWithSignal(&harness, SIGUSR1, [] { PlainRead(&g_x); }),
                 ExpectUnknownOrigin(Read(&g_x), 4, 5)) == "");
  CHECK(g_handled == 1);
}

void WriteTold(int) {
  ++g_handled;
  PlainWrite(&g_x, Load(&g_x) + 1);
}

TEST_CASE("a told access of a handler is known, and said to be a handler's") {
  RaceHarness harness;
  const ScopedHandler handler(SIGUSR1, &WriteTold);
  // It meets no window: the window is over when it runs.
  CHECK(Mismatch(AccessWithSignal(&harness, SIGUSR1, [] { PlainRead(&g_x); }),
                 ExpectSilence()) == "");
  harness.Set([](Options& o) { o.signal_watcher = true; });
  const Encounter encounter =
      AccessWithSignal(&harness, SIGUSR1, [] { PlainRead(&g_x); });
  REQUIRE(encounter.reports.size() == 1);
  const RaceReport& report = encounter.reports[0];
  CHECK(report.origin_known);
  CHECK(report.other.in_signal_handler);
  CHECK(report.other.type == KCSAN_ACCESS_WRITE);
  CHECK(report.other.thread_id == report.watcher.thread_id);
  CHECK_FALSE(report.watcher.in_signal_handler);
  CHECK(report.new_value == report.old_value + 1);
}

TEST_CASE("a handler arms nothing while its thread stands in a window") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.signal_watcher = true; });
  const ScopedHandler handler(SIGUSR1, [](int) { PlainWrite(&g_y, 1L); });
  AccessWithSignal(&harness, SIGUSR1, [] { PlainRead(&g_x); });
  CHECK(CounterValue(Counter::setup_watchpoints) == 1);
}

const SeqCount g_sequence;

void ReadSequence(int) {
  const unsigned sequence = g_sequence.ReadBegin();
  PlainRead(&g_x);
  if (!g_sequence.ReadRetry(sequence)) ++g_handled;
}

TEST_CASE("a handler reads under a seqlock on top of another reader") {
  RaceHarness harness;
  const ScopedHandler handler(SIGUSR1, &ReadSequence);
  int windows = 0;
  harness.RunWithWindow(
      [] {
        const unsigned sequence = g_sequence.ReadBegin();
        PlainRead(&g_x);
        pthread_kill(pthread_self(), SIGUSR1);
        PlainRead(&g_x);
        CHECK_FALSE(g_sequence.ReadRetry(sequence));
      },
      [&](const core::StallRequest&) { ++windows; });
  CHECK(g_handled == 1);
  CHECK(windows == 0);
  // And then it is over.
  harness.RunWithWindow([] { PlainRead(&g_x); },
                        [&](const core::StallRequest&) { ++windows; });
  CHECK(windows == 1);
}

sigjmp_buf g_jump;

// Not inlined: what a jump may clobber is this function's alone.
__attribute__((noinline)) void JumpOutOfWindow(
    RaceHarness* harness, const RaceHarness::Window& window) {
  if (sigsetjmp(g_jump, /*savemask=*/1) == 0) {
    harness->RunWithWindow([] { PlainRead(&g_x); }, window);
    FAIL("did not jump");
  }
}

TEST_CASE("a handler that jumps out of the window leaves nothing behind") {
  for (const bool signal_watcher : {false, true}) {
    CAPTURE(signal_watcher);
    RaceHarness harness;
    harness.Set([&](Options& o) { o.signal_watcher = signal_watcher; });
    const ScopedHandler handler(SIGUSR1, [](int) { siglongjmp(g_jump, 1); });
    int windows = 0;
    const RaceHarness::Window window = [&](const core::StallRequest&) {
      if (++windows == 1) pthread_kill(pthread_self(), SIGUSR1);
    };
    JumpOutOfWindow(&harness, window);
    CHECK(windows == 1);
    harness.RunWithWindow([] { PlainRead(&g_y); }, window);
    CHECK(windows == 2);
    CHECK(Leftovers() == "");
    CHECK_FALSE(core::t_context.in_runtime);
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    CHECK(sigismember(&mask, SIGUSR1) == 0);
    CHECK(sigismember(&mask, SIGTERM) == 0);
  }
}

TEST_CASE("another thread met the window that a handler jumped out of") {
  RaceHarness harness;
  harness.Set([](Options& o) { o.signal_watcher = true; });
  const ScopedHandler handler(SIGUSR1, [](int) { siglongjmp(g_jump, 1); });
  JumpOutOfWindow(&harness, [](const core::StallRequest&) {
    std::thread([] {
      NeverWatch();
      PlainWrite(&g_x, 1L);
    }).join();
    pthread_kill(pthread_self(), SIGUSR1);
  });
  WatchAll();
  harness.RunWithWindow([] { PlainRead(&g_y); },
                        [](const core::StallRequest&) {});
  CHECK(Leftovers() == "");
  CHECK(harness.TakeReports().empty());
}

TEST_CASE("annotated code in a handler, while its thread is in the runtime") {
  RaceHarness harness;
  harness.SetHooks([](core::Hooks& hooks) {
    hooks.thread_name = [](char(&name)[kThreadNameSize]) {
      name[0] = '\0';
      // Cannot be blocked, so this one does run here.
      pthread_kill(pthread_self(), SIGTRAP);
      pthread_kill(pthread_self(), SIGUSR1);
    };
  });
  const ScopedHandler trap(SIGTRAP, &WriteTold);
  const ScopedHandler handler(SIGUSR1, &WriteTold);
  long x = 0;
  int windows = 0;
  harness.RunWithWindow([&] { PlainRead(&x); },
                        [&](const core::StallRequest&) {
                          ++windows;
                          Store(&x, 1L);
                        });
  CHECK(g_handled == 2);
  CHECK(harness.TakeReports().size() == 1);
  // x, and then g_x in the second handler, which ran when all was over.
  CHECK(windows == 2);
}

// A program that a timer interrupts all the time. Its handler makes told
// accesses, and now and then leaves to the top of the loop.
void Storm(int) {
  ++g_handled;
  PlainWrite(&g_y, 1L);
  {
    const ScopedClaim claim(&g_y, sizeof(g_y), kClaimWriter);
    MarkedRead(&g_x);
  }
  if (g_handled % 4 == 0) siglongjmp(g_jump, 1);
}

__attribute__((noinline)) void StandInStorm(uint64_t end_ns) {
  sigsetjmp(g_jump, 1);
  while (platform::NowNs() < end_ns) {
    PlainRead(&g_x);
    PlainAdd(&g_x, 1L);
    MarkedRead(&g_x);
    ClaimWriter(&g_x);
  }
}

TEST_CASE("a storm of signals, some of which do not return") {
  for (const bool signal_watcher : {false, true}) {
    CAPTURE(signal_watcher);
    RaceHarness harness;
    harness.Set([&](Options& o) {
      o.signal_watcher = signal_watcher;
      o.udelay = 20;
      o.stall = kStallSpin;
    });
    harness.SetHooks([](core::Hooks& hooks) {
      core::Hooks platform = {};
      platform::FillHooks(&platform);
      hooks.stall = platform.stall;
    });
    const ScopedHandler handler(SIGALRM, &Storm);
    // Longer than the handler takes: jumping, it takes the next one along.
    const itimerval often = {{0, 500}, {0, 500}};
    setitimer(ITIMER_REAL, &often, nullptr);
    StandInStorm(platform::NowNs() + 400000000);
    const itimerval never = {};
    setitimer(ITIMER_REAL, &never, nullptr);
    CHECK(g_handled > 100);
    // What a handler left open is found at the next access, or when time tells.
    for (int i = 0; i < 200 && Leftovers() != ""; ++i) {
      PlainRead(&g_y);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    CHECK(Leftovers() == "");
    CHECK_FALSE(core::t_context.in_runtime);
    // One thread cannot race with itself, but for its handler's look at g_x.
    for (const RaceReport& report : harness.TakeReports()) {
      CHECK(signal_watcher);
      CHECK(report.other.in_signal_handler);
    }
    const uint64_t windows = CounterValue(Counter::setup_watchpoints);
    PlainRead(&g_x);
    CHECK(CounterValue(Counter::setup_watchpoints) == windows + 1);
  }
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
