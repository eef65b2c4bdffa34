// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/format.h"

#include <string.h>

#include "kcsan/checks.h"

namespace kcsan {
namespace report {
namespace {

constexpr char kRuler[] =
    "==================================================================";

// The function of a stack's first line; module and offset when it has no name.
void FormatTopName(const ReportAccess& access, bool with_offset, Text* text) {
  if (access.num_frames == 0) {
    text->Append("??");
    return;
  }
  const Frame& top = access.frames[0];
  if (top.function == nullptr) {
    text->Append("%s+0x%x", top.module != nullptr ? top.module : "??",
                 top.module != nullptr ? top.module_offset : top.pc);
    return;
  }
  text->Append("%s", top.function);
  if (with_offset && top.function_size != 0) {
    text->Append("+0x%x/0x%x", top.offset, top.function_size);
  }
}

bool IsAssert(const AccessRecord& record) {
  return (record.type & KCSAN_ACCESS_ASSERT) != 0;
}

// "write (marked)", "assert no accesses", ...
void FormatAccessKind(const AccessRecord& record, Text* text) {
  const bool writes = (record.type & KCSAN_ACCESS_WRITE) != 0;
  const bool marked = (record.type & KCSAN_ACCESS_ATOMIC) != 0;
  if (IsAssert(record)) {
    text->Append("assert no %s%s", writes ? "accesses" : "writes",
                 record.reordered ? " (reordered)" : "");
    return;
  }
  const bool compound = (record.type & KCSAN_ACCESS_COMPOUND) != 0;
  text->Append("%s", compound ? "read-write" : writes ? "write" : "read");
  if (marked && record.reordered) {
    text->Append(" (marked, reordered)");
  } else if (marked) {
    text->Append(" (marked)");
  } else if (record.reordered) {
    text->Append(" (reordered)");
  }
}

void FormatAccessLine(const AccessRecord& record, Text* text) {
  FormatAccessKind(record, text);
  text->Append(" to 0x%016x of %d bytes by ", record.address, record.size);
  if (record.in_signal_handler) {
    text->Append("interrupt");
  } else {
    text->Append("task %d", record.thread_id);
  }
  text->Append(" on cpu %d:\n", record.cpu);
}

void FormatFrame(const Frame& frame, Text* text) {
  if (frame.function == nullptr) {
    text->Append(" %s+0x%x", frame.module != nullptr ? frame.module : "??",
                 frame.module != nullptr ? frame.module_offset : frame.pc);
  } else {
    text->Append(" %s", frame.function);
    if (frame.function_size != 0) {
      text->Append("+0x%x/0x%x", frame.offset, frame.function_size);
    } else if (!frame.inlined && frame.module != nullptr) {
      text->Append(" (%s+0x%x)", frame.module, frame.module_offset);
    }
  }
  if (frame.file != nullptr) text->Append(" %s:%d", frame.file, frame.line);
  if (frame.inlined) text->Append(" [inlined]");
  text->Append("\n");
}

void FormatStack(const ReportAccess& access, Text* text) {
  for (int i = 0; i < access.num_frames; ++i) {
    FormatFrame(access.frames[i], text);
  }
  if (access.record->reordered) {
    text->Append("  |\n  +-> reordered to:");
    FormatFrame(access.reordered_to, text);
  }
}

// What the kernel's reports do not have, in lines of their own.
void FormatSource(const ReportAccess& access, Text* text) {
  if (access.record->thread_name[0] != '\0') {
    text->Append("  by thread \"");
    text->AppendName(access.record->thread_name);
    text->Append("\"\n");
  }
  if (access.expression == nullptr || access.expression[0] == '\0') return;
  text->Append("  at %s", access.expression);
  if (access.site_file != nullptr && access.site_file[0] != '\0') {
    text->Append(" in %s:%d", access.site_file, access.site_line);
  }
  text->Append("\n");
}

void FormatAccess(const ReportAccess& access, Text* text) {
  FormatStack(access, text);
  FormatSource(access, text);
  text->Append("\n");
}

void FormatValue(const RaceReport& raw, Text* text) {
  if (raw.value_size == 0) return;
  const uint64_t diff = raw.old_value ^ raw.new_value;
  const uint64_t counted = raw.mask != 0 ? diff & raw.mask : diff;
  if (counted == 0) return;
  const int digits = 2 * raw.value_size;
  text->Append("value changed: 0x%0*x -> 0x%0*x\n", digits, raw.old_value,
               digits, raw.new_value);
  if (raw.mask != 0) {
    text->Append(" bits changed: 0x%0*x with mask 0x%0*x\n", digits, counted,
                 digits, raw.mask);
  }
  text->Append("\n");
}

// Was the module of this frame named already, by this stack or the first?
bool IsFirstOfModule(const Report& report, const Frame& frame) {
  const ReportAccess* const stacks[] = {&report.other, &report.watcher};
  for (const ReportAccess* stack : stacks) {
    for (int i = 0; i < stack->num_frames; ++i) {
      const Frame& earlier = stack->frames[i];
      if (&earlier == &frame) return true;
      if (earlier.build_id != nullptr &&
          strcmp(earlier.build_id, frame.build_id) == 0) {
        return false;
      }
    }
  }
  return true;
}

// Where a function has no name (a stripped module), what addr2line or
// debuginfod need to find it out later.
void FormatBuildIds(const Report& report, Text* text) {
  const ReportAccess* const stacks[] = {&report.other, &report.watcher};
  for (const ReportAccess* stack : stacks) {
    for (int i = 0; i < stack->num_frames; ++i) {
      const Frame& frame = stack->frames[i];
      if (frame.build_id == nullptr || !IsFirstOfModule(report, frame))
        continue;
      text->Append("  build id of %s: %s\n", frame.module, frame.build_id);
    }
  }
}

void FormatFooter(const Report& report, const HostInfo& host, Text* text) {
  text->Append("Reported by Kernel Concurrency Sanitizer on:\n");
  text->Append("CPU: %d PID: %d Comm: ", report.raw->watcher.cpu, host.pid);
  text->AppendName(host.command);
  text->Append(" Kernel: %s\n", host.kernel);
  text->Append("Hardware name: %s\n", host.hardware);
  FormatBuildIds(report, text);
}

}  // namespace

void FormatTitle(const Report& report, Text* text) {
  const RaceReport& raw = *report.raw;
  const bool is_assert =
      IsAssert(raw.watcher) || (raw.origin_known && IsAssert(raw.other));
  text->Append("%s in ", is_assert ? "assert: race" : "data-race");
  if (!raw.origin_known) {
    FormatTopName(report.watcher, /*with_offset=*/true, text);
    return;
  }
  char watcher[256];
  char other[256];
  Text watcher_text(watcher, sizeof(watcher));
  Text other_text(other, sizeof(other));
  FormatTopName(report.watcher, /*with_offset=*/false, &watcher_text);
  FormatTopName(report.other, /*with_offset=*/false, &other_text);
  const bool in_order = strcmp(watcher, other) <= 0;
  text->Append("%s / %s", in_order ? watcher : other,
               in_order ? other : watcher);
}

void FormatReport(const Report& report, const HostInfo& host, Text* text) {
  const RaceReport& raw = *report.raw;
  text->Append("%s\n", kRuler);
  text->Append("BUG: KCSAN: %s\n\n", report.title);
  if (raw.origin_known) {
    FormatAccessLine(raw.other, text);
    FormatAccess(report.other, text);
  } else {
    text->Append("race at unknown origin, with ");
  }
  FormatAccessLine(raw.watcher, text);
  FormatAccess(report.watcher, text);
  FormatValue(raw, text);
  text->ReleaseReserve();
  if (text->is_cut()) text->Append("\n[cut: the report is too long]\n\n");
  FormatFooter(report, host, text);
  text->Append("%s\n", kRuler);
}

}  // namespace report
}  // namespace kcsan
