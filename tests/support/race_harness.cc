// SPDX-License-Identifier: Apache-2.0

#include "tests/support/race_harness.h"

#include <thread>
#include <utility>

#include "doctest/doctest.h"
#include "kcsan/checks.h"
#include "kcsan/core/context.h"
#include "kcsan/core/handoff.h"
#include "kcsan/core/process.h"
#include "kcsan/platform/platform.h"

namespace kcsan {
namespace testing {
namespace {

RaceHarness* g_harness;

// Whose windows are held, and by what.
thread_local bool t_is_watcher;
thread_local const RaceHarness::Window* t_window;

Options HarnessOptions() {
  Options options;
  options.sampling = kSamplingCount;
  options.skip_watch = 0;
  options.skip_watch_randomize = false;
  options.report_once_in_ms = 0;
  options.seed = 1;
  return options;
}

}  // namespace

RaceHarness::RaceHarness() : options_(HarnessOptions()) {
  REQUIRE_MESSAGE(g_harness == nullptr, "one harness at a time");
  g_harness = this;
  platform::FillHooks(&platform_);
  hooks_ = platform_;
  hooks_.stall = &RaceHarness::OnStall;
  hooks_.report = &RaceHarness::OnReport;
  core::ResetAfterFork();
  for (uint64_t& counter : core::g_counters) {
    __atomic_store_n(&counter, 0, __ATOMIC_RELAXED);
  }
  core::SetHooks(hooks_);
  core::SetOptions(options_);
  WatchAll();
  core::SetEnabled(true);
}

RaceHarness::~RaceHarness() {
  core::SetEnabled(false);
  core::SetHooks(core::Hooks());
  core::SetOptions(Options());
  g_harness = nullptr;
  CHECK(Leftovers() == "");
}

RaceHarness* RaceHarness::Current() { return g_harness; }

void RaceHarness::Set(const std::function<void(Options&)>& change) {
  change(options_);
  core::SetOptions(options_);
}

void RaceHarness::SetHooks(const std::function<void(core::Hooks&)>& change) {
  change(hooks_);
  hooks_.report = &RaceHarness::OnReport;
  core::SetHooks(hooks_);
}

void RaceHarness::OnStall(const core::StallRequest& request) {
  if (request.is_handoff) {
    g_harness->platform_.stall(request);
  } else if (t_window != nullptr) {
    (*t_window)(request);
  } else if (t_is_watcher) {
    g_harness->HoldWindow(request);
  }
}

void RaceHarness::OnReport(const RaceReport& report) {
  const std::lock_guard<std::mutex> lock(g_harness->mutex_);
  g_harness->reports_.push_back(report);
}

void RaceHarness::HoldWindow(const core::StallRequest& request) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (phase_ != Phase::kBegin) return;
  if (only_ != nullptr &&
      request.address != reinterpret_cast<uintptr_t>(only_)) {
    return;
  }
  encounter_.window = request;
  phase_ = Phase::kWindowOpen;
  changed_.notify_all();
  if (!changed_.wait_for(lock, kPatience,
                         [this] { return phase_ == Phase::kOtherDone; })) {
    encounter_.timed_out = true;
  }
}

void RaceHarness::RunWatcher(const Body& body) {
  WatchAll();
  t_is_watcher = true;
  encounter_.watcher_thread = platform::ThreadId();
  body();
  t_is_watcher = false;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (phase_ == Phase::kBegin) phase_ = Phase::kWatcherDone;
  changed_.notify_all();
}

void RaceHarness::RunOther(const Body& body) {
  NeverWatch();
  {
    std::unique_lock<std::mutex> lock(mutex_);
    encounter_.other_thread = platform::ThreadId();
    if (!changed_.wait_for(lock, kPatience,
                           [this] { return phase_ != Phase::kBegin; })) {
      encounter_.timed_out = true;
    }
    encounter_.met = phase_ == Phase::kWindowOpen;
  }
  body();
  const std::lock_guard<std::mutex> lock(mutex_);
  phase_ = Phase::kOtherDone;
  changed_.notify_all();
}

Encounter RaceHarness::Race(const Body& watcher, const Body& other,
                            const volatile void* only) {
  encounter_ = Encounter();
  phase_ = Phase::kBegin;
  only_ = only;
  std::thread other_thread([this, &other] { RunOther(other); });
  std::thread watcher_thread([this, &watcher] { RunWatcher(watcher); });
  watcher_thread.join();
  other_thread.join();
  encounter_.reports = TakeReports();
  return encounter_;
}

void RaceHarness::RunWithWindow(const Body& body, const Window& window) {
  t_window = &window;
  body();
  t_window = nullptr;
}

std::vector<RaceReport> RaceHarness::TakeReports() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(reports_, {});
}

// A count that no test reaches. The signed count goes down by one an access.
void NeverWatch() {
  for (int32_t& skip : kcsan_rt_thread.skip) skip = 1 << 30;
}
void WatchAll() {
  for (int32_t& skip : kcsan_rt_thread.skip) skip = 0;
}

std::string Leftovers() {
  std::string text;
  const uint32_t armed = __atomic_load_n(&kcsan_rt_armed, __ATOMIC_RELAXED);
  if (armed != 0) text += std::to_string(armed) + " armed; ";
  const uint64_t used = CounterValue(Counter::used_watchpoints);
  if (used != 0) text += std::to_string(used) + " used; ";
  for (int slot = 0; slot < kNumWatchpoints; ++slot) {
    const uint64_t word =
        __atomic_load_n(&core::g_table.words[slot], __ATOMIC_ACQUIRE);
    if (word != core::kInvalidWatchpoint) {
      text += "slot " + std::to_string(slot) + " holds " +
              std::to_string(word) + "; ";
    }
    const uint32_t state =
        __atomic_load_n(core::HandoffWord(slot), __ATOMIC_ACQUIRE);
    if (state != core::kHandoffIdle) {
      text += "hand-off " + std::to_string(slot) + " in state " +
              std::to_string(state) + "; ";
    }
  }
  return text;
}

uint64_t CounterValue(Counter counter) { return core::ReadCounter(counter); }

}  // namespace testing
}  // namespace kcsan
