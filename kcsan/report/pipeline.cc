// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kcsan/core/counters.h"
#include "kcsan/core/options.h"
#include "kcsan/report/arena.h"
#include "kcsan/report/format.h"
#include "kcsan/report/host_info.h"
#include "kcsan/report/modules.h"
#include "kcsan/report/report_lock.h"
#include "kcsan/report/sink.h"
#include "kcsan/report/symbolizer.h"
#include "kcsan/report/text.h"

namespace kcsan {
namespace report {
namespace {

uint64_t g_num_unhandled;

// Handler and context change together, also for a child that is forked in the
// middle of it: the new pair is written where nobody looks, then published.
struct Handler {
  ReportHandler function;
  void* context;
};
Handler g_handlers[2];
uint32_t g_handler_index;

// For the text after the part that may be cut.
constexpr size_t kFooterReserve = 1024;
// How long exit() waits for a report under way.
constexpr uint64_t kExitPatienceNs = uint64_t{1000} * 1000 * 1000;

void FillAccess(const AccessRecord& record, NamePool* names,
                ReportAccess* access) {
  access->record = &record;
  access->expression = record.site;
  access->site_file = nullptr;
  access->site_line = 0;
  if (record.site != nullptr) {
    // "expression\0file\0line"
    access->site_file = record.site + strlen(record.site) + 1;
    const char* digits = access->site_file + strlen(access->site_file) + 1;
    for (; *digits >= '0' && *digits <= '9'; ++digits) {
      access->site_line = 10 * access->site_line + (*digits - '0');
    }
  }
  const bool by_name = core::CurrentOptions().symbolize;
  SymbolizeStack(record, by_name, names, access);
  access->reordered_to = Frame();
  if (record.reordered) {
    SymbolizePlace(record.reordered_to, by_name, names, &access->reordered_to);
  }
}

void MakeReport(const RaceReport& raw, Arena* arena) {
  Report* const report = &arena->report;
  arena->names.Clear();
  report->raw = &raw;
  FillAccess(raw.watcher, &arena->names, &report->watcher);
  report->other.record = nullptr;
  report->other.num_frames = 0;
  if (raw.origin_known) {
    FillAccess(raw.other, &arena->names, &report->other);
  }
  Text title(arena->title, sizeof(arena->title));
  FormatTitle(*report, &title);
  report->title = arena->title;
  Text text(arena->text, sizeof(arena->text), kFooterReserve);
  FormatReport(*report, GetHostInfo(), &text);
  report->text = text.data();
  report->text_size = text.size();
}

// noexcept: an exception out of a handler has nowhere to go.
bool CallHandler(const Report& report) noexcept {
  const uint32_t index = __atomic_load_n(&g_handler_index, __ATOMIC_ACQUIRE);
  const Handler handler = g_handlers[index];
  return handler.function != nullptr &&
         handler.function(report, handler.context);
}

// What a program that a report has ended cannot do without: success would tell
// whoever watches over it that all was done.
constexpr uint32_t kHaltExitCode = 66;

// At once, without destructors: other threads still run. What the program has
// printed is kept, unless somebody is in the middle of printing.
void EndProgram(uint32_t exit_code) {
  if (ftrylockfile(stdout) == 0) fflush_unlocked(stdout);
  _exit(static_cast<int>(exit_code != 0 ? exit_code : kHaltExitCode));
}

// Under the report lock, for which the end of the program waits: a report that
// is seen is a report that counts.
void CountUnhandled() {
  __atomic_fetch_add(&g_num_unhandled, 1, __ATOMIC_RELAXED);
}

// What is said of a race for which there is no time or no memory: enough to
// find the places with addr2line.
void PrintUnreported(const RaceReport& raw) {
  char line[400];
  Text text(line, sizeof(line));
  text.Append(
      "kcsan: a race could not be reported (no memory, or another report is "
      "stuck), at");
  const AccessRecord* const sides[] = {&raw.watcher, &raw.other};
  for (const AccessRecord* side : sides) {
    if (side->num_frames == 0) continue;
    Module module;
    const uintptr_t pc = side->frames[0];
    if (FindModule(pc - 1, &module)) {
      text.Append(" %s+0x%x", module.name, pc - module.load_bias);
    } else {
      text.Append(" 0x%x", pc);
    }
  }
  text.Append("\n");
  WriteToStderr(text.data(), text.size());
}

// True if somebody has dealt with it.
bool MakeAndDeliver(const RaceReport& raw) {
  const ReportLock lock(kReportPatienceNs);
  Arena* const arena = lock.is_held() ? GetArena() : nullptr;
  if (arena == nullptr) {
    PrintUnreported(raw);
    core::Count(Counter::sink_errors);
    CountUnhandled();
    return false;
  }
  core::Count(Counter::reports);
  MakeReport(raw, arena);
  if (CallHandler(arena->report)) return true;
  WriteToSink(arena->report.text, arena->report.text_size);
  CountUnhandled();
  return false;
}

void HandleRace(const RaceReport& raw) {
  const int saved_errno = errno;
  if (!MakeAndDeliver(raw)) {
    const Options& options = core::CurrentOptions();
    if (options.halt_on_error) EndProgram(options.exit_code);
  }
  errno = saved_errno;
}

// Symbolizes, so it is part of making a report.
bool IsAlwaysReported(uintptr_t pc) {
  const ReportLock lock(kReportPatienceNs);
  return IsRcuFunction(pc);
}

}  // namespace

void FillHooks(core::Hooks* hooks) {
  hooks->always_report = &IsAlwaysReported;
  hooks->report = &HandleRace;
}

void SetHandler(ReportHandler handler, void* context) {
  // Not while a report is made: the old context may be gone right afterwards.
  const ReportLock lock(kReportPatienceNs);
  const uint32_t next = 1 - __atomic_load_n(&g_handler_index, __ATOMIC_RELAXED);
  g_handlers[next] = Handler{handler, context};
  __atomic_store_n(&g_handler_index, next, __ATOMIC_RELEASE);
}

ReportHandler GetHandler(void** context) {
  const ReportLock lock(kReportPatienceNs);
  const uint32_t index = __atomic_load_n(&g_handler_index, __ATOMIC_RELAXED);
  if (context != nullptr) *context = g_handlers[index].context;
  return g_handlers[index].function;
}

uint64_t NumUnhandled() {
  return __atomic_load_n(&g_num_unhandled, __ATOMIC_RELAXED);
}

void AwaitReportUnderWay() { const ReportLock lock(kExitPatienceNs); }

void ResetAfterFork() {
  __atomic_store_n(&g_num_unhandled, 0, __ATOMIC_RELAXED);
}

}  // namespace report
}  // namespace kcsan
