// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/pipeline.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kcsan/core/counters.h"
#include "kcsan/core/options.h"
#include "kcsan/platform/platform.h"
#include "kcsan/report/arena.h"
#include "kcsan/report/format.h"
#include "kcsan/report/host_info.h"
#include "kcsan/report/sink.h"
#include "kcsan/report/symbolizer.h"

namespace kcsan {
namespace report {
namespace {

// One report at a time: the arena is one, and two texts must not mix. Not a
// mutex of the program's libraries: those may be the thing that is broken.
uint32_t g_lock;
ReportHandler g_handler;
void* g_handler_context;
uint64_t g_num_unhandled;

// For the text after the part that may be cut.
constexpr size_t kFooterReserve = 1024;
// A report takes milliseconds; the first, which reads debug information, more.
constexpr uint64_t kPatienceNs = uint64_t{10} * 1000 * 1000 * 1000;
constexpr uint64_t kExitPatienceNs = uint64_t{1000} * 1000 * 1000;
constexpr uint64_t kStepNs = 100 * 1000;

// Bounded, because a thread can be stopped while it holds the lock.
bool Lock(uint64_t patience_ns) {
  const uint64_t begin_ns = platform::NowNs();
  do {
    uint32_t expected = 0;
    // Acquire: pairs with the release in Unlock(). The arena is ours.
    if (__atomic_compare_exchange_n(&g_lock, &expected, 1, /*weak=*/false,
                                    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
      return true;
    }
    core::StallRequest request = {};
    request.delay_ns = kStepNs;
    request.is_handoff = true;
    core::g_hooks.stall(request);
  } while (platform::NowNs() - begin_ns < patience_ns);
  return false;
}

void Unlock() { __atomic_store_n(&g_lock, 0, __ATOMIC_RELEASE); }

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
  const ReportHandler handler = __atomic_load_n(&g_handler, __ATOMIC_ACQUIRE);
  return handler != nullptr && handler(report, g_handler_context);
}

// At once, without destructors: other threads still run. What the program has
// printed is kept, unless somebody is in the middle of printing.
void EndProgram(uint32_t exit_code) {
  if (ftrylockfile(stdout) == 0) fflush_unlocked(stdout);
  _exit(static_cast<int>(exit_code));
}

void HandleRace(const RaceReport& raw) {
  if (!Lock(kPatienceNs)) {
    core::Count(Counter::sink_errors);
    return;
  }
  Arena* const arena = GetArena();
  if (arena == nullptr) {
    core::Count(Counter::sink_errors);
    Unlock();
    return;
  }
  core::Count(Counter::reports);
  MakeReport(raw, arena);
  const bool is_handled = CallHandler(arena->report);
  if (!is_handled) {
    WriteToSink(arena->report.text, arena->report.text_size);
    __atomic_fetch_add(&g_num_unhandled, 1, __ATOMIC_RELAXED);
  }
  Unlock();
  const Options& options = core::CurrentOptions();
  if (!is_handled && options.halt_on_error) EndProgram(options.exit_code);
}

}  // namespace

void FillHooks(core::Hooks* hooks) {
  hooks->always_report = &IsRcuFunction;
  hooks->report = &HandleRace;
}

void SetHandler(ReportHandler handler, void* context) {
  // Not while a report is made: the old context may be gone right afterwards.
  const bool locked = Lock(kPatienceNs);
  g_handler_context = context;
  __atomic_store_n(&g_handler, handler, __ATOMIC_RELEASE);
  if (locked) Unlock();
}

uint64_t NumUnhandled() {
  return __atomic_load_n(&g_num_unhandled, __ATOMIC_RELAXED);
}

void AwaitReportUnderWay() {
  if (Lock(kExitPatienceNs)) Unlock();
}

void ResetAfterFork() {
  Unlock();
  __atomic_store_n(&g_num_unhandled, 0, __ATOMIC_RELAXED);
  ResetSinkAfterFork();
}

}  // namespace report
}  // namespace kcsan
