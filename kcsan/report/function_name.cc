// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/function_name.h"

#include <string.h>

// Abseil's demangler is the one that needs no heap. It has no public header in
// the release that Debian ships.
#include "absl/debugging/internal/demangle.h"

namespace kcsan {
namespace report {
namespace {

enum : size_t { kMaxSymbol = 2048 };

// "a::f()" -> "a::f", but not "operator()" -> "operator".
void RemoveParameters(char* name) {
  const size_t length = strlen(name);
  static constexpr char kCallOperator[] = "operator()";
  const size_t call_length = sizeof(kCallOperator) - 1;
  if (length < 2 || strcmp(name + length - 2, "()") != 0) return;
  if (length >= call_length &&
      strcmp(name + length - call_length, kCallOperator) == 0) {
    return;
  }
  name[length - 2] = '\0';
}

bool IsIdentifierEnd(const char* begin, const char* end) {
  static constexpr char kOperator[] = "operator";
  const size_t length = static_cast<size_t>(end - begin);
  const size_t operator_length = sizeof(kOperator) - 1;
  if (length == 0) return false;
  if (length >= operator_length &&
      strncmp(end - operator_length, kOperator, operator_length) == 0) {
    return false;
  }
  const char last = end[-1];
  return last == '_' || (last >= '0' && last <= '9') ||
         (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z');
}

// "Invoke<void, main()::<lambda()> >" -> "Invoke<>", as the demangler prints
// it. For names out of debug information, whose template arguments come last.
// Not for "operator<" or "<lambda()>".
void RemoveTemplateArguments(char* name) {
  for (char* open = strchr(name, '<'); open != nullptr;
       open = strchr(open + 1, '<')) {
    if (open[1] == '\0' || !IsIdentifierEnd(name, open)) continue;
    open[1] = '>';
    open[2] = '\0';
    return;
  }
}

bool StartsWith(const char* text, const char* prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

}  // namespace

void FormatFunctionName(const char* symbol, char* name, size_t size) {
  char stem[kMaxSymbol];
  strncpy(stem, symbol, sizeof(stem) - 1);
  stem[sizeof(stem) - 1] = '\0';
  // The compiler's suffixes begin with a dot, which no identifier has.
  char* const dot = strchr(stem, '.');
  if (dot != nullptr && dot != stem) *dot = '\0';
  if (StartsWith(stem, "_Z") &&
      absl::debugging_internal::Demangle(stem, name, static_cast<int>(size))) {
    RemoveParameters(name);
    return;
  }
  RemoveTemplateArguments(stem);
  strncpy(name, stem, size - 1);
  name[size - 1] = '\0';
}

bool IsAnnotationCode(const char* name) {
  return StartsWith(name, "kcsan_") || StartsWith(name, "kcsan::");
}

}  // namespace report
}  // namespace kcsan
