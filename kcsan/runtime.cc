// SPDX-License-Identifier: Apache-2.0
//
// Puts the rooms together: reads the options, installs the hooks, starts the
// core, and has the last word at exit. Always linked: nobody calls it.

#include "kcsan/runtime.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "kcsan/core/hooks.h"
#include "kcsan/core/process.h"
#include "kcsan/platform/platform.h"
#include "kcsan/report/options_parser.h"
#include "kcsan/report/pipeline.h"
#include "kcsan/report/report_lock.h"
#include "kcsan/report/sink.h"
#include "kcsan/report/text.h"

extern "C" __attribute__((weak)) const char* kcsan_default_options();

namespace kcsan {
namespace {

using report::Text;

void PrintMistake(const char* line, void*) {
  char with_newline[600];
  Text text(with_newline, sizeof(with_newline));
  text.Append("%s\n", line);
  report::WriteToStderr(text.data(), text.size());
}

void CollectMistake(const char* line, void* context) {
  std::string* const error = static_cast<std::string*>(context);
  if (!error->empty()) *error += '\n';
  *error += line;
}

Options StartOptions() {
  Options options;
  if (kcsan_default_options != nullptr) {
    const char* const text = kcsan_default_options();
    if (text != nullptr) {
      report::ParseOptions(text, "kcsan_default_options()", &options,
                           &PrintMistake, nullptr);
    }
  }
  // secure_: whoever starts a set-user-ID program may not make it write files.
  if (const char* const text = secure_getenv("KCSAN_OPTIONS")) {
    report::ParseOptions(text, "KCSAN_OPTIONS", &options, &PrintMistake,
                         nullptr);
  }
  report::CheckOptions("options", &options, &PrintMistake, nullptr);
  return options;
}

void PrintOptions(const Options& options) {
  char line[1024];
  Text text(line, sizeof(line));
  const Options defaults;
  text.Append("kcsan: running");
#define KCSAN_BOOL(name, ...) \
  if (options.name != defaults.name) text.Append(" %s=%d", #name, options.name);
#define KCSAN_UINT(name, ...) \
  if (options.name != defaults.name) text.Append(" %s=%d", #name, options.name);
#define KCSAN_CHOICE(name, default_value, choices, sentence)               \
  if (options.name != defaults.name) {                                     \
    const std::string_view word = report::ChoiceAt(choices, options.name); \
    text.Append(" %s=", #name);                                            \
    text.Append("%.*s", static_cast<int>(word.size()), word.data());       \
  }
#include "kcsan/core/options.inc"
#undef KCSAN_BOOL
#undef KCSAN_UINT
#undef KCSAN_CHOICE
  text.Append("\n");
  report::WriteToStderr(text.data(), text.size());
}

void PrintCounters() {
  char lines[2048];
  Text text(lines, sizeof(lines));
#define KCSAN_COUNTER(name, sentence) \
  text.Append("kcsan: %s: %d\n", #name, core::ReadCounter(Counter::name));
#include "kcsan/core/counters.inc"
#undef KCSAN_COUNTER
  report::WriteToStderr(text.data(), text.size());
}

void StartAnewInChild() {
  core::ResetAfterFork();
  report::ResetAfterFork();
  core::SettleProcess();
}

void AtForkInChild() {
  StartAnewInChild();
  report::UnlockAfterForkInChild();
}

void AtNewProcess() {
  report::FreeReportLock();
  StartAnewInChild();
}

// Registered before any of the program's own, so it runs after them, and after
// the destructors of its static objects.
void AtExit() {
  report::AwaitReportUnderWay();
  const Options& options = core::CurrentOptions();
  if (options.verbose) PrintCounters();
  if (report::NumUnhandled() == 0 || options.exit_code == 0) return;
  // Goes on with what is left to do at exit, and with the other status. Not
  // _exit(): that would lose what the program has buffered. Not fflush(nullptr)
  // either: it waits for a thread that sits in a read of stdin.
  exit(static_cast<int>(options.exit_code));
}

// 101 is the first priority that is not the implementation's own: constructors
// of the program may be watched already.
__attribute__((constructor(101))) void Start() {
  static bool started = false;
  if (started) return;
  started = true;
  const int saved_errno = errno;
  core::Hooks hooks = {};
  platform::FillHooks(&hooks);
  report::FillHooks(&hooks);
  hooks.new_process = &AtNewProcess;
  core::SetHooks(hooks);
  const Options options = StartOptions();
  core::SetOptions(options);
  core::SetProcessMark(platform::MakeProcessMark());
  pthread_atfork(&report::LockForFork, &report::UnlockAfterForkInParent,
                 &AtForkInChild);
  atexit(&AtExit);
  if (options.verbose) PrintOptions(options);
  core::SetEnabled(options.enabled);
  errno = saved_errno;
}

}  // namespace

void Enable() { core::SetEnabled(true); }
void Disable() { core::SetEnabled(false); }
bool IsEnabled() { return core::IsEnabled(); }

bool SetOptions(std::string_view text, std::string* error) {
  // Against another thread that changes them, and a report that is written.
  const report::ReportLock lock(report::kReportPatienceNs);
  Options options = core::CurrentOptions();
  const report::OnMistake on_mistake =
      error != nullptr ? &CollectMistake : &PrintMistake;
  int mistakes =
      report::ParseOptions(text, "SetOptions()", &options, on_mistake, error);
  mistakes += report::CheckOptions("SetOptions()", &options, on_mistake, error);
  const bool was_enabled = core::CurrentOptions().enabled;
  core::SetOptions(options);
  // Only what the text changes: it may say nothing of it while Disable() holds.
  if (options.enabled != was_enabled) core::SetEnabled(options.enabled);
  return mistakes == 0;
}

Options GetOptions() { return core::CurrentOptions(); }

Stats GetStats() {
  Stats stats;
#define KCSAN_COUNTER(name, sentence) \
  stats.name = core::ReadCounter(Counter::name);
#include "kcsan/core/counters.inc"
#undef KCSAN_COUNTER
  return stats;
}

std::uint64_t ReportCount() { return report::NumUnhandled(); }

void SetReportHandler(ReportHandler handler, void* context) {
  report::SetHandler(handler, context);
}

ReportHandler GetReportHandler(void** context) {
  return report::GetHandler(context);
}

}  // namespace kcsan
