// SPDX-License-Identifier: Apache-2.0

#include "tests/kernel_suite/suite.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "doctest/doctest.h"
#include "kcsan/runtime.h"
#include "tests/kernel_suite/judge.h"
#include "tests/kernel_suite/table.h"

// Old headers do not name it.
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

namespace kernel_suite {
namespace {

using Clock = std::chrono::steady_clock;

// Everything that a plan may change, and then as dense as it gets while threads
// still come by: one plain access in four, on average, is watched. Unknown
// origins are off: an access may be told just before a window and made in it.
constexpr char kBaseOptions[] =
    "sampling=count:skip_watch=7:skip_watch_randomize=1:udelay=80:"
    "delay_randomize=1:stall=sleep:signal_watcher=0:report_once_in_ms=0:"
    "report_race_unknown_origin=0:report_value_change_only=0:"
    "assume_plain_writes_atomic=0:ignore_atomics=0:permissive=0:weak_memory=0";

// What the threads of one run share.
struct Shared {
  const Plan* plan;
  int threads;
  int arrived = 0;
  bool stop = false;
  std::uint64_t calls = 0;
  std::uint64_t interrupts = 0;
};

// Signals to the calling thread and no other, for the life of the object. Each
// is asked for when the one before has been dealt with, so that a thread also
// gets on with its own work however long a handler takes.
class Interrupts {
 public:
  Interrupts(Shared* shared, bool wanted) : shared_(shared) {
    if (!wanted || shared->plan->interrupt == nullptr) return;
    sigevent event = {};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGRTMIN;
    event.sigev_notify_thread_id = static_cast<pid_t>(syscall(SYS_gettid));
    if (timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) return;
    is_running_ = true;
    t_interrupts = this;
    Ask();
  }
  ~Interrupts() {
    // A signal that is still to come finds nobody.
    t_interrupts = nullptr;
    if (is_running_) timer_delete(timer_);
  }
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  static void InstallHandler() {
    struct sigaction action = {};
    action.sa_handler = &OnSignal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGRTMIN, &action, nullptr);
  }

 private:
  static void OnSignal(int) {
    const int saved_errno = errno;
    Interrupts* const self = t_interrupts;
    if (self != nullptr) {
      self->shared_->plan->interrupt();
      __atomic_fetch_add(&self->shared_->interrupts, 1, __ATOMIC_RELAXED);
      self->Ask();
    }
    errno = saved_errno;
  }

  void Ask() {
    itimerspec next = {};
    next.it_value.tv_nsec = 200000 + 100000 * shared_->threads;
    timer_settime(timer_, 0, &next, nullptr);
  }

  static thread_local Interrupts* t_interrupts;

  Shared* const shared_;
  timer_t timer_ = {};
  bool is_running_ = false;
};

thread_local Interrupts* Interrupts::t_interrupts;

void RunThread(Shared* shared, Kernel kernel, bool is_interrupted) {
  // All begin together.
  __atomic_fetch_add(&shared->arrived, 1, __ATOMIC_ACQ_REL);
  while (__atomic_load_n(&shared->arrived, __ATOMIC_ACQUIRE) <
         shared->threads) {
    std::this_thread::yield();
  }
  const Interrupts interrupts(shared, is_interrupted);
  while (!__atomic_load_n(&shared->stop, __ATOMIC_RELAXED)) {
    kernel();
    __atomic_fetch_add(&shared->calls, 1, __ATOMIC_RELAXED);
  }
}

Kernel KernelOf(const Plan& plan, int index) {
  if (plan.first == nullptr) {
    return plan.others[static_cast<std::size_t>(index) % plan.others.size()];
  }
  if (index == 0) return plan.first;
  return plan.others[static_cast<std::size_t>(index - 1) % plan.others.size()];
}

std::uint64_t Windows() { return kcsan::GetStats().setup_watchpoints; }

// Waits until the run is over. False: it took too long.
bool Await(const Plan& plan, const Judge& judge, std::uint64_t silent_windows,
           Shared* shared, std::uint64_t first_window) {
  const auto deadline = Clock::now() + kPatience;
  while (!judge.HasFailed()) {
    if (!plan.want.empty()) {
      if (judge.IsSatisfied()) return true;
    } else {
      const std::uint64_t calls =
          __atomic_load_n(&shared->calls, __ATOMIC_RELAXED);
      const std::uint64_t windows = Windows() - first_window;
      if (plan.is_watched ? windows >= silent_windows : calls >= kSilentCalls) {
        return true;
      }
    }
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return true;
}

std::string Describe(const Side& side) {
  return side.function == nullptr ? "anywhere" : side.function;
}

std::string Explain(const Judge& judge, bool in_time) {
  if (judge.unexpected()[0] != '\0') {
    return std::string("unexpected report:\n") + judge.unexpected();
  }
  const Pattern* const missing = judge.FirstMissing();
  if (missing != nullptr) {
    return "no report of " + Describe(missing->one) + " / " +
           (missing->unknown_origin ? "unknown origin"
                                    : Describe(missing->other));
  }
  return in_time ? "" : "took too long";
}

// Between runs nothing is watched.
constexpr char kQuietOptions[] = "sampling=budget:overhead=0";

// What is wrong with the options, or "".
std::string SetSuiteOptions(const std::string& options) {
  std::string text = kBaseOptions;
  if (!options.empty()) text += ":" + options;
  std::string error;
  kcsan::SetOptions(text, &error);
  return error;
}

// Without anything to wait for, it lasts `silent_windows`.
Outcome Run(int threads, const Plan& plan, std::uint64_t silent_windows) {
  Outcome outcome;
  outcome.problem = SetSuiteOptions(plan.options);
  if (!outcome.problem.empty()) return outcome;
  Interrupts::InstallHandler();

  Judge judge(plan, kcsan::GetOptions().report_value_change_only);
  const kcsan::ScopedReportHandler handler(&Judge::Handle, &judge);
  // What this thread does is no part of it.
  kcsan_disable_current();
  const std::uint64_t first_window = Windows();
  g_value = plan.value;
  Shared shared = {};
  shared.plan = &plan;
  shared.threads = threads;
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back(RunThread, &shared, KernelOf(plan, i),
                         i > 0 || plan.interrupt_first);
  }
  const bool in_time =
      Await(plan, judge, silent_windows, &shared, first_window);
  outcome.windows = Windows() - first_window;
  __atomic_store_n(&shared.stop, true, __ATOMIC_RELAXED);
  for (std::thread& thread : running) thread.join();
  kcsan_enable_current();
  kcsan::SetOptions(kQuietOptions);
  outcome.calls = shared.calls;
  outcome.interrupts = shared.interrupts;
  outcome.problem = Explain(judge, in_time);
  return outcome;
}

// The first report of a process reads the debug information of all of it, while
// windows come and go.
void WarmUp() {
  static bool is_warm = false;
  if (is_warm) return;
  is_warm = true;
  Plan race;
  race.first = WriteValue;
  race.others = {ReadValue};
  race.want = {Race(Write("WriteValue", g_value), Read("ReadValue", g_value))};
  CHECK(Run(2, race, 0).problem == "");
}

// All plans with so many threads, the controls first. What came of each, in the
// order of the plans.
std::string RunPlans(const char* name, const std::vector<Plan>& plans,
                     int threads) {
  std::vector<std::string> results(plans.size());
  std::uint64_t silent_windows = kSilentWindows;
  for (const bool is_control : {true, false}) {
    for (std::size_t i = 0; i < plans.size(); ++i) {
      const Plan& plan = plans[i];
      if (plan.want.empty() == is_control) continue;
      const Outcome outcome = Run(threads, plan, silent_windows);
      if (is_control) {
        const auto times = static_cast<std::uint64_t>(plan.times);
        silent_windows =
            std::max(silent_windows, kSilentFactor * outcome.windows / times);
      }
      CountInterrupts(outcome.interrupts);
      const char* const verdict = !outcome.problem.empty() ? ": FAILED ("
                                  : is_control             ? ": reported ("
                                                           : ": silent (";
      results[i] =
          plan.label + (verdict + std::to_string(outcome.windows)) + ")";
      INFO(name << ", " << threads << " threads, " << plan.label << ": "
                << outcome.windows << " windows, " << outcome.calls
                << " calls, " << outcome.interrupts << " interrupts");
      CHECK(outcome.problem == "");
    }
  }
  std::string all;
  for (const std::string& result : results) {
    if (!all.empty()) all += "; ";
    all += result;
  }
  return all;
}

}  // namespace

void RunAlone(const std::string& options, const std::function<void()>& body) {
  REQUIRE(SetSuiteOptions(options) == "");
  std::thread(body).join();
  kcsan::SetOptions(kQuietOptions);
}

void RunCase(const char* name, const std::vector<Plan>& plans) {
  WarmUp();
  for (const int threads : kThreadCounts) {
    AddRow(name, threads, RunPlans(name, plans, threads));
  }
}

}  // namespace kernel_suite
