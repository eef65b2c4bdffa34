// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: kcsan/runtime.h
// -----------------------------------------------------------------------------
// The detector as a whole, from C++: switch it, set options, read counters,
// take over reports. Safe to call from any thread at any time, but not from a
// signal handler.
//
// With the detector off, everything here is an empty inline function: nothing
// is enabled, no report comes, and there is nothing to link.

#ifndef KCSAN_RUNTIME_H_
#define KCSAN_RUNTIME_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "kcsan/config.h"
#include "kcsan/core/counters.h"
#include "kcsan/core/options.h"
#include "kcsan/report/report.h"

// -----------------------------------------------------------------------------
// kcsan_default_options()
// -----------------------------------------------------------------------------
// Define this function in your program to give it options of its own. They are
// read once, before main(); KCSAN_OPTIONS in the environment overrides them.
//
// Example:
//
//   extern "C" const char* kcsan_default_options() {
//     return "overhead=1:log_path=/var/log/service/race";
//   }
//
// It runs before static constructors: return a literal.
extern "C" const char* kcsan_default_options();

namespace kcsan {

// A snapshot of the counters. Each is exact; together they are not of one
// moment.
struct Stats {
#define KCSAN_COUNTER(name, sentence) std::uint64_t name = 0;
#include "kcsan/core/counters.inc"
#undef KCSAN_COUNTER
};

// Takes a report instead of the sink. Returns true if the report is dealt with:
// it is then not printed, and does not change the exit status. Called on the
// thread that found the race, one call at a time, with signals blocked and the
// thread's own accesses not looked at. `report` is valid during the call only.
// The thread cannot be cancelled meanwhile. It may set another handler, which
// then gets the next report. An exception that leaves it ends the program.
//
// The program stands still in the middle of an access, maybe with locks held,
// maybe inside its allocator: take no lock of code that is annotated, and
// allocate only if no allocator is.
using ReportHandler = bool (*)(const Report& report, void* context);

#if KCSAN_INTERNAL_HAS_RUNTIME()

// Switches watching and reporting for the whole process. Threads that are not
// stalled just then notice at one of their next accesses.
void Enable();
void Disable();
bool IsEnabled();

// Changes options, as KCSAN_OPTIONS does: "overhead=5:udelay=20". What is wrong
// in the text is left out; the rest counts. False if anything was wrong; the
// lines that say what go to `*error`, or to standard error if that is null.
// A thread follows at its next sampling decision.
//
// Example:
//
//   std::string error;
//   if (!kcsan::SetOptions(flag_value, &error)) LOG(WARNING) << error;
bool SetOptions(std::string_view text, std::string* error = nullptr);

// What is in force.
Options GetOptions();

Stats GetStats();

// Reports of this process that were printed, that is, not handled. If it is not
// 0 at exit, the exit status is the option exit_code (66).
std::uint64_t ReportCount();

// Null brings printing back. When the call returns, the old handler is no
// longer running and will not be called again.
void SetReportHandler(ReportHandler handler, void* context);

// The handler in force, and its context unless `context` is null. Null: none.
ReportHandler GetReportHandler(void** context);

#else  // the runtime is not there

inline namespace KCSAN_INTERNAL_MODE_TAG {

inline void Enable() {}
inline void Disable() {}
inline bool IsEnabled() { return false; }
inline bool SetOptions(std::string_view, std::string* = nullptr) {
  return true;
}
inline Options GetOptions() { return Options(); }
inline Stats GetStats() { return Stats(); }
inline std::uint64_t ReportCount() { return 0; }
inline void SetReportHandler(ReportHandler, void*) {}
inline ReportHandler GetReportHandler(void** context) {
  if (context != nullptr) *context = nullptr;
  return nullptr;
}

}  // namespace KCSAN_INTERNAL_MODE_TAG

#endif  // KCSAN_INTERNAL_HAS_RUNTIME()

inline namespace KCSAN_INTERNAL_MODE_TAG {

// Takes over reports for a scope, in tests.
//
// Example:
//
//   bool Count(const kcsan::Report&, void* count) {
//     ++*static_cast<int*>(count);
//     return true;
//   }
//   void TestThatItRaces() {
//     int count = 0;
//     {
//       kcsan::ScopedReportHandler handler(&Count, &count);
//       RaceOnPurpose();
//     }
//     CHECK(count > 0);
//   }
//
// Scopes nest: the end of one brings back the handler that was there before.
class ScopedReportHandler {
 public:
  ScopedReportHandler(ReportHandler handler, void* context)
      : outer_context_(nullptr), outer_(GetReportHandler(&outer_context_)) {
    SetReportHandler(handler, context);
  }
  ~ScopedReportHandler() { SetReportHandler(outer_, outer_context_); }
  ScopedReportHandler(const ScopedReportHandler&) = delete;
  ScopedReportHandler& operator=(const ScopedReportHandler&) = delete;

 private:
  void* outer_context_;
  ReportHandler outer_;
};

}  // namespace KCSAN_INTERNAL_MODE_TAG
}  // namespace kcsan

#endif  // KCSAN_RUNTIME_H_
