// SPDX-License-Identifier: Apache-2.0
//
// The wording of a report, and nothing else. docs/report_format.md is the
// grammar.

#ifndef KCSAN_REPORT_FORMAT_H_
#define KCSAN_REPORT_FORMAT_H_

#include <stddef.h>

#include "kcsan/report/report.h"
#include "kcsan/report/text.h"

namespace kcsan {
namespace report {

// What the footer says of the machine.
struct HostInfo {
  int pid;
  const char* command;   // name of the program
  const char* kernel;    // "Linux 6.1.0 x86_64"
  const char* hardware;  // "unknown" if nobody says
};

// "data-race in A / B" and its kin. A and B are sorted.
void FormatTitle(const Report& report, Text* text);

// All of it, from ruler to ruler. report.title is set.
void FormatReport(const Report& report, const HostInfo& host, Text* text);

}  // namespace report
}  // namespace kcsan

#endif  // KCSAN_REPORT_FORMAT_H_
