// SPDX-License-Identifier: Apache-2.0
//
// What becomes of a race that the core hands over: names, text, handler, sink.

#ifndef KCSAN_REPORT_PIPELINE_H_
#define KCSAN_REPORT_PIPELINE_H_

#include <stdint.h>

#include "kcsan/core/hooks.h"
#include "kcsan/report/report.h"

namespace kcsan {

// See kcsan/runtime.h.
using ReportHandler = bool (*)(const Report& report, void* context);

namespace report {

// Sets the hooks that are the report room's business.
void FillHooks(core::Hooks* hooks);

void SetHandler(ReportHandler handler, void* context);
ReportHandler GetHandler(void** context);

// Reports of this process that no handler took over, those included that could
// not be made.
uint64_t NumUnhandled();

// Waits, at most a second, for a report that is being made.
void AwaitReportUnderWay();

// In a forked child: nobody else holds the lock, and nothing was reported yet.
void ResetAfterFork();

}  // namespace report
}  // namespace kcsan

#endif  // KCSAN_REPORT_PIPELINE_H_
