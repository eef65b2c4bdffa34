// SPDX-License-Identifier: Apache-2.0
//
// What a symbol is called in a report.

#ifndef KCSAN_REPORT_FUNCTION_NAME_H_
#define KCSAN_REPORT_FUNCTION_NAME_H_

#include <stddef.h>

namespace kcsan {
namespace report {

// Writes the name of `symbol` as people say it: demangled, without parameters,
// template arguments and the compiler's suffixes (.cold, .part.0). Cuts it to
// `size`. Allocates nothing.
void FormatFunctionName(const char* symbol, char* name, size_t size);

// Does a formatted name belong to code that the annotations inline into user
// code? Such a line would stand on top of every stack.
bool IsAnnotationCode(const char* name);

}  // namespace report
}  // namespace kcsan

#endif  // KCSAN_REPORT_FUNCTION_NAME_H_
