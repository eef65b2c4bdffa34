// SPDX-License-Identifier: Apache-2.0
//
// Two threads that meet inside a watched window, every time. The harness
// replaces the stall hook: the first window that the watching thread opens
// stays open until the other thread has run, and no other window is held. No
// sleep, no luck, and no hang: after kPatience the test fails with a message.
//
//   RaceHarness harness;
//   long x = 0;
//   const Encounter encounter =
//       harness.Race([&] { PlainRead(&x); }, [&] { PlainWrite(&x, 1L); });
//   CHECK(Mismatch(encounter, ExpectRace(Read(&x), Write(&x), 0, 1)) == "");
//
// For tests of the core and the runtime. Drives the core directly, and must not
// be linked with the report room's initialiser.

#ifndef KCSAN_TESTS_SUPPORT_RACE_HARNESS_H_
#define KCSAN_TESTS_SUPPORT_RACE_HARNESS_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "kcsan/core/counters.h"
#include "kcsan/core/hooks.h"
#include "kcsan/core/options.h"
#include "kcsan/core/race_report.h"

namespace kcsan {
namespace testing {

// Longer than any test waits for anything that works.
constexpr std::chrono::seconds kPatience(10);

// What came of one meeting.
struct Encounter {
  // The watcher opened a window, and the other ran while it was open.
  bool met = false;
  // Somebody waited for longer than kPatience.
  bool timed_out = false;
  int32_t watcher_thread = 0;
  int32_t other_thread = 0;
  // The window that was held.
  core::StallRequest window = {};
  std::vector<RaceReport> reports;
};

// Puts a working runtime with the platform's hooks in place for its lifetime,
// and a clean one: no watchpoint, no counts, nothing reported before. Watches
// every plain access of every thread that has not called NeverWatch(), with
// windows of no length but for the one that Race() holds. One at a time.
//
// Its end checks (by doctest) that nothing was left behind: no armed
// watchpoint, no reserved slot, no hand-off under way.
class RaceHarness {
 public:
  using Body = std::function<void()>;
  using Window = std::function<void(const core::StallRequest&)>;

  RaceHarness();
  ~RaceHarness();
  RaceHarness(const RaceHarness&) = delete;
  RaceHarness& operator=(const RaceHarness&) = delete;

  // The one there is, for threads that it cannot be handed to.
  static RaceHarness* Current();

  // Changes options: harness.Set([](Options& o) { o.weak_memory = true; });
  void Set(const std::function<void(Options&)>& change);
  // Replaces hooks other than `report`. A replaced `stall` disables Race().
  void SetHooks(const std::function<void(core::Hooks&)>& change);

  // Runs `watcher` on a thread of its own, and holds it in the first window
  // that it opens (with `only`: on that address) while `other` runs to its end
  // on a second thread, none of whose accesses is watched. Where the watcher
  // opens no window, `other` runs after it.
  Encounter Race(const Body& watcher, const Body& other,
                 const volatile void* only = nullptr);

  // Runs `body` on the calling thread with `window` in place of every stall, on
  // the thread that is stalled.
  void RunWithWindow(const Body& body, const Window& window);

  // What was reported since the start, or since the last call of this.
  std::vector<RaceReport> TakeReports();

 private:
  enum class Phase { kBegin, kWindowOpen, kOtherDone, kWatcherDone };

  static void OnStall(const core::StallRequest& request);
  static void OnReport(const RaceReport& report);

  void HoldWindow(const core::StallRequest& request);
  void RunWatcher(const Body& body);
  void RunOther(const Body& body);

  Options options_;
  core::Hooks hooks_ = {};
  core::Hooks platform_ = {};

  std::mutex mutex_;
  std::condition_variable changed_;
  Phase phase_ = Phase::kBegin;
  const volatile void* only_ = nullptr;
  Encounter encounter_;
  std::vector<RaceReport> reports_;
};

// The calling thread's plain accesses are not watched from here on. They still
// meet the watchpoints of others.
void NeverWatch();
// All of them are again.
void WatchAll();

// The armed word, the table and the hand-offs show no trace of anybody; else
// what is left.
std::string Leftovers();

uint64_t CounterValue(Counter counter);

}  // namespace testing
}  // namespace kcsan

#endif  // KCSAN_TESTS_SUPPORT_RACE_HARNESS_H_
