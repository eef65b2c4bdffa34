// SPDX-License-Identifier: Apache-2.0
//
// From addresses to names: debug information first (inlined functions, file and
// line), then the symbol table, then the module and an offset. Built on
// libbacktrace, which allocates from the kernel and not from the heap.

#ifndef KCSAN_REPORT_SYMBOLIZER_H_
#define KCSAN_REPORT_SYMBOLIZER_H_

#include "kcsan/report/arena.h"
#include "kcsan/report/report.h"

namespace kcsan {
namespace report {

// Fills access->frames from the record's stack. With `by_name` false only
// modules and offsets. Not to be called by two threads at once.
void SymbolizeStack(const AccessRecord& record, bool by_name, NamePool* names,
                    ReportAccess* access);

// One line for one address.
void SymbolizePlace(uintptr_t pc, bool by_name, NamePool* names, Frame* frame);

// Is `pc` in a function whose name says that it publishes by RCU? See
// core::Hooks::always_report.
bool IsRcuFunction(uintptr_t pc);

}  // namespace report
}  // namespace kcsan

#endif  // KCSAN_REPORT_SYMBOLIZER_H_
