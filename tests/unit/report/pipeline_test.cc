// SPDX-License-Identifier: Apache-2.0
//
// From a race to a handler or to text, at bad moments: a handler that changes
// handlers, forks, takes long; a thread that is being cancelled.

#include "kcsan/report/pipeline.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "doctest/doctest.h"
#include "kcsan/core/counters.h"
#include "kcsan/core/hooks.h"
#include "kcsan/platform/platform.h"
#include "kcsan/report/report_lock.h"

namespace kcsan {
namespace report {
namespace {

// As the core calls it, with invented accesses.
void Race() {
  RaceReport raw = {};
  raw.watcher.address = 0x1000;
  raw.watcher.size = 4;
  raw.watcher.num_frames = 1;
  raw.watcher.frames[0] = reinterpret_cast<uintptr_t>(&getpid) + 1;
  core::g_hooks.report(raw);
}

struct Installed {
  Installed() {
    core::Hooks hooks = {};
    platform::FillHooks(&hooks);
    FillHooks(&hooks);
    core::SetHooks(hooks);
  }
  ~Installed() {
    SetHandler(nullptr, nullptr);
    core::SetHooks(core::Hooks());
  }
};

bool CountIt(const Report& report, void* context) {
  CHECK(report.raw->watcher.size == 4);
  CHECK(report.text_size > 0);
  ++*static_cast<int*>(context);
  return true;
}

TEST_CASE(
    "a handler gets its context, and a handled report counts as handled") {
  const Installed installed;
  int count = 0;
  SetHandler(&CountIt, &count);
  const uint64_t unhandled = NumUnhandled();
  errno = EDOM;
  Race();
  CHECK(errno == EDOM);
  CHECK(count == 1);
  CHECK(NumUnhandled() == unhandled);
  void* context = nullptr;
  CHECK((GetHandler(&context) == &CountIt));
  CHECK(context == &count);
  CHECK((GetHandler(nullptr) == &CountIt));
}

TEST_CASE("a handler may set its successor") {
  const Installed installed;
  static int count = 0;
  SetHandler(
      [](const Report&, void*) {
        SetHandler(&CountIt, &count);
        return true;
      },
      nullptr);
  Race();
  CHECK(count == 0);
  Race();
  CHECK(count == 1);
}

TEST_CASE("a race in a handler makes no second report") {
  const Installed installed;
  static int depth = 0;
  static int deepest = 0;
  const uint64_t errors = core::ReadCounter(Counter::sink_errors);
  SetHandler(
      [](const Report&, void*) {
        deepest = ++depth > deepest ? depth : deepest;
        if (depth == 1) Race();
        --depth;
        return true;
      },
      nullptr);
  Race();
  CHECK(deepest == 1);
  CHECK(core::ReadCounter(Counter::sink_errors) == errors + 1);
}

TEST_CASE("SetHandler() waits for the handler that runs") {
  const Installed installed;
  static std::atomic<int> state{0};  // 1: in the handler, 2: may leave, 3: left
  SetHandler(
      [](const Report&, void*) {
        state = 1;
        while (state != 2) {
        }
        state = 3;
        return true;
      },
      nullptr);
  std::thread racer(Race);
  while (state != 1) {
  }
  std::thread releaser([] { state = 2; });
  SetHandler(nullptr, nullptr);
  CHECK(state == 3);
  releaser.join();
  racer.join();
}

TEST_CASE("fork() waits for the report that is made") {
  const Installed installed;
  static std::atomic<int> state{0};  // 1: in the handler, 2: may leave, 3: left
  SetHandler(
      [](const Report&, void*) {
        state = 1;
        while (state != 2) {
        }
        state = 3;
        return true;
      },
      nullptr);
  std::thread racer(Race);
  while (state != 1) {
  }
  std::thread releaser([] { state = 2; });
  LockForFork();
  CHECK(state == 3);
  UnlockAfterForkInParent();
  releaser.join();
  racer.join();
  // And it is free again.
  const ReportLock lock(/*patience_ns=*/0);
  CHECK(lock.is_held());
}

TEST_CASE("a child forked in a handler, or during one, reports as well") {
  const Installed installed;
  static int child_status = -1;
  SetHandler(
      [](const Report&, void*) {
        LockForFork();
        const pid_t child = fork();
        if (child == 0) {
          ResetAfterFork();
          UnlockAfterForkInChild();
          int count = 0;
          SetHandler(&CountIt, &count);
          Race();
          _exit(count == 1 ? 0 : 1);
        }
        UnlockAfterForkInParent();
        waitpid(child, &child_status, 0);
        return true;
      },
      nullptr);
  Race();
  CHECK(WIFEXITED(child_status));
  CHECK(WEXITSTATUS(child_status) == 0);
  // And the parent goes on.
  int count = 0;
  SetHandler(&CountIt, &count);
  Race();
  CHECK(count == 1);
}

std::atomic<bool> handler_left{false};

TEST_CASE("a thread is not cancelled out of a report") {
  const Installed installed;
  static std::atomic<bool> in_handler{false};
  static std::atomic<bool> is_cancelled{false};
  SetHandler(
      [](const Report&, void*) {
        in_handler = true;
        while (!is_cancelled) {
        }
        usleep(1);  // where a cancelled thread would end
        handler_left = true;
        return true;
      },
      nullptr);
  pthread_t thread;
  REQUIRE(pthread_create(
              &thread, nullptr,
              [](void*) -> void* {
                Race();
                for (;;) pause();
              },
              nullptr) == 0);
  while (!in_handler) {
  }
  pthread_cancel(thread);
  is_cancelled = true;
  void* result = nullptr;
  pthread_join(thread, &result);
  CHECK(result == PTHREAD_CANCELED);
  CHECK(handler_left);
  // The lock is free.
  const ReportLock lock(1);
  CHECK(lock.is_held());
}

TEST_CASE("signals wait until the lock is free") {
  static std::atomic<int> signals{0};
  struct sigaction action = {};
  struct sigaction old_action = {};
  action.sa_handler = [](int) { ++signals; };
  sigaction(SIGUSR1, &action, &old_action);
  const Installed installed;
  {
    const ReportLock lock(kReportPatienceNs);
    REQUIRE(lock.is_held());
    raise(SIGUSR1);
    CHECK(signals == 0);
    // Not again by the same thread, and without waiting.
    const uint64_t begin_ns = platform::NowNs();
    const ReportLock second(kReportPatienceNs);
    CHECK_FALSE(second.is_held());
    CHECK(platform::NowNs() - begin_ns < kReportPatienceNs / 2);
  }
  CHECK(signals == 1);
  sigaction(SIGUSR1, &old_action, nullptr);
}

TEST_CASE("a report that cannot be made is still one that nobody handled") {
  const Installed installed;
  int count = 0;
  SetHandler(&CountIt, &count);
  const uint64_t unhandled = NumUnhandled();
  const ReportLock lock(kReportPatienceNs);
  Race();
  CHECK(count == 0);
  CHECK(NumUnhandled() == unhandled + 1);
}

}  // namespace
}  // namespace report
}  // namespace kcsan
