// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: compiler/rewrite.h
// -----------------------------------------------------------------------------
// The user's words without those that the real compiler must not see.

#ifndef COMPILER_REWRITE_H_
#define COMPILER_REWRITE_H_

#include <string>
#include <vector>

namespace kcsan::compiler {

// What has to go, beside the wrapper's own options.
struct Unwanted {
  bool thread_sanitizer = false;  // out of -fsanitize=
  bool ignorelists = false;       // -fsanitize-ignorelist=, which GCC lacks
};

// Returns `words` without them. `expanded` is the same with the response files
// expanded, and is what is left of if one of those files has to change: the
// file itself is the user's.
std::vector<std::string> RemoveUnwanted(
    const std::vector<std::string>& words,
    const std::vector<std::string>& expanded, const Unwanted& unwanted);

}  // namespace kcsan::compiler

#endif  // COMPILER_REWRITE_H_
