// SPDX-License-Identifier: Apache-2.0
//
// fork() at bad moments: while another thread stands in its window, in an open
// scope, by a signal handler on top of a stall. The child starts clean and
// works; the parent does not notice.

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <thread>

#include "doctest/doctest.h"
#include "kcsan/core/context.h"
#include "kcsan/core/process.h"
#include "kcsan/platform/platform.h"
#include "tests/support/accesses.h"
#include "tests/support/expect.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

// What the runtime does at its start.
void ResetChildren() {
  static const int once =
      pthread_atfork(nullptr, nullptr, &core::ResetAfterFork);
  CHECK(once == 0);
}

// Writes text to the parent by way of the exit status: 0 for "".
[[noreturn]] void ExitWith(const std::string& mismatch) {
  if (!mismatch.empty()) {
    const std::string line = "child: " + mismatch + "\n";
    if (write(STDERR_FILENO, line.data(), line.size()) < 0) _exit(2);
    _exit(1);
  }
  _exit(0);
}

// Forks; the child runs `body`, which says what is wrong, and ends. True if
// nothing was, and in time.
bool ForkAndRun(const std::function<std::string()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);  // a child that hangs is killed, and so fails
    ExitWith(body());
  }
  int status = -1;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

// In a child: does a race between two of its own threads lead to one report?
std::string DetectorMismatch(RaceHarness* harness) {
  harness->TakeReports();
  long x = 0;
  int32_t other_thread = 0;
  WatchAll();
  harness->RunWithWindow([&] { PlainRead(&x); },
                         [&](const core::StallRequest&) {
                           std::thread([&] {
                             NeverWatch();
                             other_thread = platform::ThreadId();
                             PlainWrite(&x, 1L);
                           }).join();
                         });
  const auto reports = harness->TakeReports();
  if (reports.size() != 1) {
    return std::to_string(reports.size()) + " reports";
  }
  if (!reports[0].origin_known) return "unknown origin";
  if (reports[0].watcher.thread_id != platform::ThreadId()) {
    return "the child's thread has its parent's id";
  }
  if (reports[0].other.thread_id != other_thread) return "other thread";
  return Leftovers();
}

TEST_CASE("while another thread stands in its window") {
  ResetChildren();
  RaceHarness harness;
  long x = 0;
  bool is_child_fine = false;
  const Encounter encounter =
      harness.Race([&] { PlainRead(&x); },
                   [&] {
                     is_child_fine = ForkAndRun([&]() -> std::string {
                       if (!Leftovers().empty()) return Leftovers();
                       if (kcsan_rt_armed != 0) return "armed";
                       // Would meet the window of a thread that is not there.
                       PlainWrite(&x, 5L);
                       if (!Leftovers().empty())
                         return "it met a dead thread's window";
                       return DetectorMismatch(&harness);
                     });
                     PlainWrite(&x, 1L);
                   });
  CHECK(is_child_fine);
  CHECK(Mismatch(encounter, ExpectRace(Read(&x), Write(&x), 0, 1)) == "");
}

TEST_CASE("in an open scope and an open region: the child has them, too") {
  ResetChildren();
  RaceHarness harness;
  long x = 0;
  kcsan_scoped_access scope = {};
  kcsan_rt_begin_scoped(&scope, &x, sizeof(x), kClaimWriter, 0, "scope");
  kcsan_nestable_atomic_begin();
  kcsan_disable_current();
  CHECK(ForkAndRun([&]() -> std::string {
    kcsan_enable_current();
    kcsan_nestable_atomic_end();
    long elsewhere = 0;
    bool is_watched = false;
    harness.RunWithWindow(
        [&] {
          for (int i = 0; i < 50; ++i) PlainRead(&elsewhere);
        },
        [&](const core::StallRequest& request) {
          is_watched =
              is_watched || request.address == reinterpret_cast<uintptr_t>(&x);
        });
    if (!is_watched) return "the scope is gone";
    kcsan_rt_end_scoped(&scope);
    if (CounterValue(Counter::unbalanced_calls) != 0) return "unbalanced";
    return DetectorMismatch(&harness);
  }));
  kcsan_enable_current();
  kcsan_nestable_atomic_end();
  kcsan_rt_end_scoped(&scope);
  CHECK(CounterValue(Counter::unbalanced_calls) == 0);
}

TEST_CASE("by a handler on top of a stall: the child returns into it") {
  ResetChildren();
  RaceHarness harness;
  harness.Set([](Options& o) { o.signal_watcher = true; });
  long x = 0;
  pid_t child = -1;
  harness.RunWithWindow([&] { PlainRead(&x); },
                        [&](const core::StallRequest&) {
                          child = fork();
                          Store(&x, 1L);
                        });
  if (child == 0) {
    alarm(20);
    // The watchpoint was the parent's.
    const bool has_reports = !harness.TakeReports().empty();
    ExitWith(has_reports ? "reported" : DetectorMismatch(&harness));
  }
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  // The parent's window saw the change.
  CHECK(harness.TakeReports().size() == 1);
}

TEST_CASE("again and again, from a program that is busy") {
  ResetChildren();
  RaceHarness harness;
  harness.SetHooks([](core::Hooks& hooks) {
    core::Hooks platform = {};
    platform::FillHooks(&platform);
    hooks.stall = platform.stall;
  });
  harness.Set([](Options& o) { o.udelay = 50; });
  bool stop = false;
  long x = 0;
  std::thread threads[3];
  for (std::thread& thread : threads) {
    thread = std::thread([&] {
      while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) PlainAdd(&x, 1L);
    });
  }
  int fine = 0;
  for (int i = 0; i < 20; ++i) {
    fine += ForkAndRun([&]() -> std::string {
      long y = 0;
      for (int j = 0; j < 50; ++j) PlainWrite(&y, 1L);
      return Leftovers();
    });
  }
  __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
  for (std::thread& thread : threads) thread.join();
  CHECK(fine == 20);
  CHECK(CounterValue(Counter::lost_handoffs) == 0);
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
