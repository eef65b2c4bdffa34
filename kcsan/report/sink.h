// SPDX-License-Identifier: Apache-2.0
//
// Where reports and messages go: standard error, or the file of `log_path`.

#ifndef KCSAN_REPORT_SINK_H_
#define KCSAN_REPORT_SINK_H_

#include <stddef.h>

namespace kcsan {
namespace report {

// "", "stderr", "stdout", or a path to which ".<pid>" is added when a report is
// written. A relative path counts from the directory of now. Remembers at most
// 1023 characters; false if longer. Not while a report is written:
// whoever changes it then holds the ReportLock.
bool SetLogPath(const char* path, size_t size);

// Writes all of it with write(2), whatever happens on the way: short writes,
// signals, a full pipe. Gives up on errors that stay and after two seconds,
// counts that as `sink_errors`, never raises SIGPIPE or SIGXFSZ, keeps errno.
void WriteToSink(const char* text, size_t size);

// The same, always to standard error: for messages about the options.
void WriteToStderr(const char* text, size_t size);

}  // namespace report
}  // namespace kcsan

#endif  // KCSAN_REPORT_SINK_H_
