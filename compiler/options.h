// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: compiler/options.h
// -----------------------------------------------------------------------------
// Facts about single words of a compiler's command line.

#ifndef COMPILER_OPTIONS_H_
#define COMPILER_OPTIONS_H_

#include "absl/strings/string_view.h"

namespace kcsan::compiler {

inline constexpr absl::string_view kIgnorelistOption = "-fsanitize-ignorelist=";
// Its name before Clang 13, which newer ones still know.
inline constexpr absl::string_view kBlacklistOption = "-fsanitize-blacklist=";

// The word after this one is its value, and no input.
bool TakesNextWord(absl::string_view word);

// The compiler prints something about itself and does nothing else.
bool IsProbe(absl::string_view word);

// Nothing is linked, but it is more than preprocessing.
bool IsCompileOnly(absl::string_view word);

// It says how much debug information is wanted, be it none.
bool IsDebugLevel(absl::string_view word);

}  // namespace kcsan::compiler

#endif  // COMPILER_OPTIONS_H_
