// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: compiler/response_file.h
// -----------------------------------------------------------------------------
// @FILE on a command line stands for the words in FILE.

#ifndef COMPILER_RESPONSE_FILE_H_
#define COMPILER_RESPONSE_FILE_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kcsan::compiler {

// The content of a file, or nothing if it cannot be read.
using FileReader =
    std::function<std::optional<std::string>(const std::string& path)>;

// The words in `text`: blanks separate them, quotes of both kinds hold them
// together, a backslash takes the next character as it is.
std::vector<std::string> SplitWords(absl::string_view text);

// Puts the words of response files, also of nested ones, in their place. A file
// that cannot be read stays as it stands, as the compilers do it.
std::vector<std::string> ExpandResponseFiles(
    const std::vector<std::string>& words, const FileReader& read_file);

}  // namespace kcsan::compiler

#endif  // COMPILER_RESPONSE_FILE_H_
