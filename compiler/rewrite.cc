// SPDX-License-Identifier: Apache-2.0
//
// See rewrite.h.

#include "compiler/rewrite.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "compiler/options.h"
#include "compiler/own_options.h"

namespace kcsan::compiler {
namespace {

struct Rest {
  std::vector<std::string> words;
  int changes = 0;
};

// "-fsanitize=thread,undefined" is "-fsanitize=undefined", and
// "-fsanitize=thread" is nothing.
std::string WithoutThread(absl::string_view word) {
  absl::string_view names = word;
  if (!absl::ConsumePrefix(&names, "-fsanitize=")) return std::string(word);
  std::vector<absl::string_view> kept;
  for (absl::string_view name : absl::StrSplit(names, ',')) {
    if (name != "thread") kept.push_back(name);
  }
  if (kept.empty()) return "";
  return absl::StrCat("-fsanitize=", absl::StrJoin(kept, ","));
}

bool IsUnwanted(absl::string_view word, const Unwanted& unwanted) {
  if (IsOwnOption(word)) return true;
  return unwanted.ignorelists && (absl::StartsWith(word, kIgnorelistOption) ||
                                  absl::StartsWith(word, kBlacklistOption) ||
                                  word == "-fno-sanitize-ignorelist" ||
                                  word == "-fno-sanitize-blacklist");
}

Rest Remove(const std::vector<std::string>& words, const Unwanted& unwanted) {
  Rest rest;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (TakesNextWord(word)) {
      rest.words.push_back(word);
      if (++i < words.size()) rest.words.push_back(words[i]);
      continue;
    }
    if (IsUnwanted(word, unwanted)) {
      ++rest.changes;
      continue;
    }
    std::string kept = unwanted.thread_sanitizer ? WithoutThread(word) : word;
    if (kept != word) ++rest.changes;
    if (kept == word || !kept.empty()) rest.words.push_back(std::move(kept));
  }
  return rest;
}

}  // namespace

std::vector<std::string> RemoveUnwanted(
    const std::vector<std::string>& words,
    const std::vector<std::string>& expanded, const Unwanted& unwanted) {
  Rest short_form = Remove(words, unwanted);
  Rest long_form = Remove(expanded, unwanted);
  return long_form.changes > short_form.changes ? std::move(long_form.words)
                                                : std::move(short_form.words);
}

}  // namespace kcsan::compiler
