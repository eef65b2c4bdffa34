// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: compiler/ignore.h
// -----------------------------------------------------------------------------
// Which source files are not to be instrumented.

#ifndef COMPILER_IGNORE_H_
#define COMPILER_IGNORE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kcsan::compiler {

// The part of an ignore list in Clang's format that concerns threads.
struct Ignorelist {
  std::vector<std::string> sources;    // the patterns of src:
  std::vector<std::string> functions;  // those of fun:
  std::string error;                   // a line that makes no sense, or empty
};

// Sections other than [*], [thread] and patterns of these are left out, and so
// are entries with a category ("src:x=init"), which other sanitizers have.
Ignorelist ParseIgnorelist(absl::string_view text);

// `path` made absolute (from `directory`), without "." and "..".
std::string AbsolutePath(absl::string_view path, absl::string_view directory);

// A src: pattern of a list is about the whole path, as the command line has it
// or absolute.
bool MatchesSource(absl::string_view pattern, absl::string_view path,
                   absl::string_view directory);

// A pattern of --kcsan-ignore is about the file or any directory above it. One
// that does not begin with a slash may begin at any directory. So "util.c" is
// every util.c, "third_party" all below any third_party, "src/gen*.c" some
// files of any src.
bool MatchesIgnore(absl::string_view pattern, absl::string_view path,
                   absl::string_view directory);

}  // namespace kcsan::compiler

#endif  // COMPILER_IGNORE_H_
