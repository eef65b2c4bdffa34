// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: compiler/glob.h
// -----------------------------------------------------------------------------
// The patterns of ignore lists.

#ifndef COMPILER_GLOB_H_
#define COMPILER_GLOB_H_

#include "absl/strings/string_view.h"

namespace kcsan::compiler {

// True if `pattern` is all of `text`. '*' is any number of characters, also of
// slashes (as in Clang's lists, not as in a shell), '?' is one, "[a-z]" and
// "[!a-z]" are sets, a backslash takes the next character as it is.
bool MatchesGlob(absl::string_view pattern, absl::string_view text);

}  // namespace kcsan::compiler

#endif  // COMPILER_GLOB_H_
