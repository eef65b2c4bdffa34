// SPDX-License-Identifier: Apache-2.0

#include "tests/kernel_suite/judge.h"

#include <cstdio>
#include <cstring>

namespace kernel_suite {
namespace {

constexpr char kNamespace[] = "kernel_suite::";

// The innermost function of ours, without its namespace: an annotation that was
// inlined into it may stand above. "" if there is none.
const char* FunctionOf(const kcsan::ReportAccess& access) {
  for (int i = 0; i < access.num_frames; ++i) {
    const char* const name = access.frames[i].function;
    if (name != nullptr &&
        std::strncmp(name, kNamespace, sizeof(kNamespace) - 1) == 0) {
      return name + sizeof(kNamespace) - 1;
    }
  }
  return "";
}

bool Fits(const Side& side, const kcsan::ReportAccess& access) {
  if (access.record == nullptr) return false;
  const kcsan::AccessRecord& record = *access.record;
  const auto begin = reinterpret_cast<std::uintptr_t>(side.begin);
  const auto end = reinterpret_cast<std::uintptr_t>(side.end);
  return (side.types >> record.type & 1) != 0 && record.size == side.size &&
         record.address >= begin && record.address + record.size <= end &&
         record.reordered == side.reordered &&
         record.in_signal_handler == side.in_signal_handler &&
         record.num_frames > 0 &&
         (side.function == nullptr ||
          std::strcmp(FunctionOf(access), side.function) == 0);
}

bool Fits(const Pattern& pattern, const kcsan::Report& report) {
  const kcsan::RaceReport& raw = *report.raw;
  if (pattern.unknown_origin == raw.origin_known) return false;
  if (pattern.mask != raw.mask) {
    // The watcher's claim is about these bits; the other side knows none.
    if (raw.mask != 0 || !raw.origin_known) return false;
  }
  const bool has_changed = raw.value_size > 0 && raw.old_value != raw.new_value;
  if (pattern.change == Change::kYes && !has_changed) return false;
  if (pattern.change == Change::kNo && has_changed) return false;
  if (pattern.unknown_origin) return Fits(pattern.one, report.watcher);
  return (Fits(pattern.one, report.watcher) &&
          Fits(pattern.other, report.other)) ||
         (Fits(pattern.one, report.other) &&
          Fits(pattern.other, report.watcher));
}

bool IsAssert(const kcsan::AccessRecord& record) {
  return (record.type & KCSAN_ACCESS_ASSERT) != 0;
}

// What holds of every report, whatever was planned.
bool IsPossible(const kcsan::Report& report, bool value_change_only) {
  const kcsan::RaceReport& raw = *report.raw;
  const bool is_claim =
      IsAssert(raw.watcher) || (raw.origin_known && IsAssert(raw.other));
  const bool writes =
      (raw.watcher.type & KCSAN_ACCESS_WRITE) != 0 ||
      (raw.origin_known && (raw.other.type & KCSAN_ACCESS_WRITE) != 0);
  // Two reads are no race, nor are two marked accesses.
  if (raw.origin_known && !writes) return false;
  if ((raw.watcher.type & KCSAN_ACCESS_ATOMIC) != 0) return false;
  // A thread races with its own signal handler, and else not with itself.
  if (raw.origin_known && (raw.watcher.thread_id == raw.other.thread_id) !=
                              raw.other.in_signal_handler) {
    return false;
  }
  const bool exempt =
      is_claim || raw.watcher.size > 8 || raw.watcher.reordered ||
      std::strstr(FunctionOf(report.watcher), "_rcu") != nullptr ||
      std::strstr(FunctionOf(report.other), "_rcu") != nullptr;
  return !value_change_only || exempt || raw.old_value != raw.new_value;
}

}  // namespace

Judge::Judge(const Plan& plan, bool value_change_only)
    : plan_(plan),
      value_change_only_(value_change_only),
      missing_((std::uint64_t{1} << plan.want.size()) - 1) {}

bool Judge::Accept(const kcsan::Report& report) {
  if (!IsPossible(report, value_change_only_)) return false;
  bool accepted = false;
  for (std::size_t i = 0; i < plan_.want.size(); ++i) {
    if (!Fits(plan_.want[i], report)) continue;
    accepted = true;
    if (++seen_[i] < plan_.times) continue;
    __atomic_fetch_and(&missing_, ~(std::uint64_t{1} << i), __ATOMIC_ACQ_REL);
  }
  for (const Pattern& pattern : plan_.may) {
    accepted = accepted || Fits(pattern, report);
  }
  return accepted;
}

bool Judge::Handle(const kcsan::Report& report, void* context) {
  Judge* const judge = static_cast<Judge*>(context);
  if (judge->Accept(report) || judge->HasFailed()) return true;
  const std::size_t size = report.text_size < sizeof(judge->unexpected_) - 1
                               ? report.text_size
                               : sizeof(judge->unexpected_) - 1;
  std::memcpy(judge->unexpected_, report.text, size);
  judge->unexpected_[size] = '\0';
  __atomic_store_n(&judge->failed_, true, __ATOMIC_RELEASE);
  return true;
}

const Pattern* Judge::FirstMissing() const {
  for (std::size_t i = 0; i < plan_.want.size(); ++i) {
    if ((missing_ >> i & 1) != 0) return &plan_.want[i];
  }
  return nullptr;
}

}  // namespace kernel_suite
