// SPDX-License-Identifier: Apache-2.0
//
// Debug information and symbol tables, one module at a time. libbacktrace would
// read those of every loaded module with the first question, and keep them: the
// C library's own, where it is installed, takes 20 MiB. Asked for are the few
// modules that have functions on a stack.

#ifndef KCSAN_REPORT_DEBUG_INFO_H_
#define KCSAN_REPORT_DEBUG_INFO_H_

#include <backtrace.h>
#include <stdint.h>

namespace kcsan {
namespace report {

// What libbacktrace knows of the module that holds `pc`, read when it is asked
// for the first time. Null if no module does, or if there are too many by now.
// Of the C library it is only the symbols that the library itself has: its
// files and lines are nobody's race.
backtrace_state* DebugInfoFor(uintptr_t pc);

}  // namespace report
}  // namespace kcsan

#endif  // KCSAN_REPORT_DEBUG_INFO_H_
