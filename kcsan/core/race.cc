// SPDX-License-Identifier: Apache-2.0

#include "kcsan/core/race.h"

#include "kcsan/core/context.h"
#include "kcsan/core/counters.h"
#include "kcsan/core/handoff.h"
#include "kcsan/core/hooks.h"
#include "kcsan/core/options.h"
#include "kcsan/core/permissive.h"
#include "kcsan/core/process.h"
#include "kcsan/core/rate_limit.h"
#include "kcsan/core/record.h"
#include "kcsan/core/sampler.h"
#include "kcsan/core/value_change.h"

namespace kcsan {
namespace core {
namespace {

// The other thread delivers its side before it makes its access. How long we
// wait for its write to land, so that the report can show the new value.
constexpr uint64_t kSettleNs = 100 * 1000;
constexpr uint64_t kSettleStepNs = 5 * 1000;

// Gives a write that was caught on its way the time to be made.
void Settle(const Access& access, WatchedValue* value) {
  const uint64_t begin_ns = g_hooks.now_ns();
  for (uint64_t waited_ns = 0;
       waited_ns < kSettleNs && value->after == value->before;) {
    StallRequest request = {};
    request.delay_ns = kSettleStepNs;
    request.is_handoff = true;
    g_hooks.stall(request);
    const uint64_t now_ns = g_hooks.now_ns();
    if (now_ns == begin_ns) return;  // no clock
    waited_ns = now_ns - begin_ns;
    if (!g_hooks.is_readable(access.ptr, access.size)) return;
    value->after = ReadValue(access.ptr, access.size);
  }
}

uint64_t Diff(const Check& check, const WatchedValue& value) {
  const uint64_t diff = value.before ^ value.after;
  return check.mask != 0 ? diff & check.mask : diff;
}

bool IsPermittedRace(const Check& check, const WatchedValue& value) {
  const Options& options = CurrentOptions();
  return options.permissive && options.report_value_change_only &&
         value.is_compared &&
         IsPermitted(check.access.type, check.access.size, value.before,
                     value.after);
}

void FillWatcher(const Check& check, const WatchedValue& value,
                 RaceReport* report) {
  FillRecord(check, &report->watcher);
  report->value_size =
      value.is_compared ? static_cast<int>(check.access.size) : 0;
  report->old_value = value.before;
  report->new_value = value.after;
  report->mask = check.mask;
  report->time_ns = g_hooks.now_ns();
}

void Emit(const RaceReport& report) {
  const uintptr_t other_pc = report.origin_known ? report.other.frames[0] : 0;
  if (!AllowReport(&g_rate_limiter, report.watcher.frames[0], other_pc,
                   report.time_ns,
                   uint64_t{CurrentOptions().report_once_in_ms} * 1000000)) {
    Count(Counter::rate_limited);
    return;
  }
  g_hooks.report(report);
}

bool AlwaysReported(const RaceReport& report) {
  return g_hooks.always_report(report.watcher.frames[0]) ||
         g_hooks.always_report(report.other.frames[0]);
}

}  // namespace

// The reports are large, so they are made in frames of their own that the
// ordinary window does not pay for.

__attribute__((noinline)) void HandleUnseen(const Check& check,
                                            const WatchedValue& value) {
  if (!value.is_compared || Diff(check, value) == 0) return;
  if (IsPermittedRace(check, value)) {
    Count(Counter::filtered);
    return;
  }
  const bool is_assert = IsAssert(check.access.type);
  Count(Counter::races_unknown_origin);
  if (is_assert) Count(Counter::assert_failures);
  if (!is_assert && !CurrentOptions().report_race_unknown_origin) {
    Count(Counter::filtered);
    return;
  }
  RaceReport report = {};
  FillWatcher(check, value, &report);
  Emit(report);
}

__attribute__((noinline)) void HandleSeen(const Check& check,
                                          WatchedValue value, int slot) {
  RaceReport report = {};
  report.origin_known = true;
  if (!TakeHandoff(&g_table, slot, &report.other)) return;
  if (!RangesOverlap(Untag(AddressOf(check.access.ptr)), check.access.size,
                     Untag(report.other.address), report.other.size)) {
    Count(Counter::encoding_false_positives);
    return;
  }
  if (value.is_compared && IsWrite(report.other.type) &&
      !IsAssert(report.other.type)) {
    Settle(check.access, &value);
  }
  // Waiting for the other side was part of the stall, and has to be paid for.
  EndStall(&t_context.sampler, check.access.type & KCSAN_ACCESS_WRITE,
           CurrentOptions(), value.begin_ns, g_hooks.now_ns());
  const bool is_assert =
      IsAssert(check.access.type) || IsAssert(report.other.type);
  ValueChange change =
      JudgeSeenRace(Diff(check, value), check.mask,
                    value.is_compared ? check.access.size : 0, is_assert);
  if (change == ValueChange::kNo) return;
  Count(is_assert ? Counter::assert_failures : Counter::data_races);
  if (change == ValueChange::kYes && IsPermittedRace(check, value)) {
    change = ValueChange::kMaybe;
  }
  if (change == ValueChange::kMaybe) {
    // The places are needed to tell the exceptions, so they come first.
    FillWatcher(check, value, &report);
    if (CurrentOptions().report_value_change_only && !AlwaysReported(report)) {
      Count(Counter::filtered);
      return;
    }
  } else {
    FillWatcher(check, value, &report);
  }
  Emit(report);
}

}  // namespace core
}  // namespace kcsan
