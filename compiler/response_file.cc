// SPDX-License-Identifier: Apache-2.0
//
// See response_file.h.

#include "compiler/response_file.h"

#include "absl/strings/ascii.h"

namespace kcsan::compiler {
namespace {

// A file that names itself would never end. The compilers give up as well.
constexpr int kMaxFiles = 2000;

void Expand(const std::vector<std::string>& words, const FileReader& read_file,
            int* files_left, std::vector<std::string>* result) {
  for (const std::string& word : words) {
    if (word.size() > 1 && word[0] == '@' && *files_left > 0) {
      --*files_left;
      if (const auto text = read_file(word.substr(1))) {
        Expand(SplitWords(*text), read_file, files_left, result);
        continue;
      }
    }
    result->push_back(word);
  }
}

}  // namespace

std::vector<std::string> SplitWords(absl::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;  // "" is a word too
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      word += text[++i];
      in_word = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
      if (in_word) words.push_back(word);
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (in_word) words.push_back(word);
  return words;
}

std::vector<std::string> ExpandResponseFiles(
    const std::vector<std::string>& words, const FileReader& read_file) {
  std::vector<std::string> result;
  int files_left = kMaxFiles;
  Expand(words, read_file, &files_left, &result);
  return result;
}

}  // namespace kcsan::compiler
