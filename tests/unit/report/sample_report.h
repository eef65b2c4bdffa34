// SPDX-License-Identifier: Apache-2.0
//
// Reports made of invented addresses, for tests of the wording.

#ifndef TESTS_UNIT_REPORT_SAMPLE_REPORT_H_
#define TESTS_UNIT_REPORT_SAMPLE_REPORT_H_

#include <cstdio>
#include <cstring>
#include <string>

#include "kcsan/checks.h"
#include "kcsan/core/race_report.h"
#include "kcsan/report/format.h"
#include "kcsan/report/report.h"
#include "kcsan/report/text.h"

namespace kcsan {
namespace report {

// A read by "reader" (task 488 on cpu 6) was watched; a write by "writer" (task
// 487 on cpu 0) met it. Change what the test is about.
struct SampleReport {
  SampleReport() {
    raw.origin_known = true;
    FillRecord(&raw.watcher, 0, 488, 6, "reader");
    FillRecord(&raw.other, KCSAN_ACCESS_WRITE, 487, 0, "writer");
    raw.value_size = 8;
    raw.old_value = 0x9a6;
    raw.new_value = 0x9b2;
    FillAccess(&report.watcher, &raw.watcher, "reader_function", "reader.cc");
    FillAccess(&report.other, &raw.other, "writer_function", "writer.cc");
    report.raw = &raw;
  }

  SampleReport(const SampleReport&) = delete;
  SampleReport& operator=(const SampleReport&) = delete;

  // As the core leaves it when nobody was seen.
  void SetUnknownOrigin() {
    raw.origin_known = false;
    raw.other = AccessRecord();
    report.other = ReportAccess();
  }

  std::string Title() {
    char buffer[512];
    Text text(buffer, sizeof(buffer));
    FormatTitle(report, &text);
    return buffer;
  }

  std::string Format(size_t capacity = 16 * 1024) {
    const std::string title = Title();
    report.title = title.c_str();
    std::string buffer(capacity, '\0');
    Text text(&buffer[0], capacity, /*reserve=*/capacity < 1024 ? 0 : 1024);
    FormatReport(report,
                 HostInfo{4711, "service", "Linux 6.1.0 x86_64",
                          "QEMU Standard PC, BIOS 1.16 04/01/2014"},
                 &text);
    return buffer.c_str();
  }

  RaceReport raw = {};
  Report report = {};

 private:
  static void FillRecord(AccessRecord* record, int type, int thread_id, int cpu,
                         const char* name) {
    record->address = 0x7f0012345678;
    record->size = 8;
    record->type = type;
    record->thread_id = thread_id;
    record->cpu = cpu;
    std::snprintf(record->thread_name, sizeof(record->thread_name), "%s", name);
  }

  static void FillAccess(ReportAccess* access, const AccessRecord* record,
                         const char* function, const char* file) {
    access->record = record;
    access->num_frames = 2;
    access->frames[0] = Frame();
    access->frames[0].pc = 0x401071;
    access->frames[0].function = function;
    access->frames[0].offset = 0x71;
    access->frames[0].function_size = 0xd0;
    access->frames[0].file = file;
    access->frames[0].line = 42;
    access->frames[1] = Frame();
    access->frames[1].pc = 0x402010;
    access->frames[1].function = "main";
    access->frames[1].offset = 0x10;
    access->frames[1].function_size = 0x20;
  }
};

}  // namespace report
}  // namespace kcsan

#endif  // TESTS_UNIT_REPORT_SAMPLE_REPORT_H_
