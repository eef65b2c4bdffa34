// SPDX-License-Identifier: Apache-2.0
//
// A report with names: what a report handler gets. Plain data; valid only for
// the duration of the call.

#ifndef KCSAN_REPORT_REPORT_H_
#define KCSAN_REPORT_REPORT_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/core/race_report.h"

namespace kcsan {

// One line of a stack. Inlined functions have lines of their own.
struct Frame {
  uintptr_t pc;             // return address
  const char* function;     // demangled, without parameters; null: unknown
  uintptr_t offset;         // of pc in the function
  uintptr_t function_size;  // 0: unknown, and so is the offset
  const char* file;         // null: unknown
  int line;                 // 0: unknown
  const char* module;       // file name of the executable or library, or null
  uintptr_t module_offset;  // of pc in the module's image
  bool inlined;             // into the next line's function
  const char* build_id;     // of the module, if the function is unknown
};

enum : int { kMaxLines = 96 };

struct ReportAccess {
  const AccessRecord* record;
  // What the annotation says of itself; null and 0 if nothing.
  const char* expression;
  const char* site_file;
  int site_line;
  int num_frames;
  Frame frames[kMaxLines];
  // Of AccessRecord::reordered_to; function null otherwise.
  Frame reordered_to;
};

struct Report {
  const RaceReport* raw;
  ReportAccess watcher;
  ReportAccess other;  // record null if the origin is unknown
  const char* title;   // "data-race in A / B", without "BUG: KCSAN: "
  const char* text;    // all of it, as it would be printed
  size_t text_size;
};

}  // namespace kcsan

#endif  // KCSAN_REPORT_REPORT_H_
