// SPDX-License-Identifier: Apache-2.0
//
// See ignore.h.

#include "compiler/ignore.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "compiler/glob.h"

namespace kcsan::compiler {
namespace {

// `name` is what stands between the brackets: "thread", "address|thread", and
// since Clang 17 "{address,thread}".
bool IsOurSection(absl::string_view name) {
  absl::ConsumePrefix(&name, "{");
  absl::ConsumeSuffix(&name, "}");
  for (absl::string_view part : absl::StrSplit(name, absl::ByAnyChar("|,"))) {
    if (MatchesGlob(absl::StripAsciiWhitespace(part), "thread")) return true;
  }
  return false;
}

}  // namespace

Ignorelist ParseIgnorelist(absl::string_view text) {
  Ignorelist list;
  bool ours = true;  // what comes before any section is for all
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '[') {
      if (!absl::EndsWith(line, "]")) {
        list.error =
            absl::StrCat("line ", number, ": no ']' after '", line, "'");
        return list;
      }
      ours = IsOurSection(line.substr(1, line.size() - 2));
      continue;
    }
    const size_t colon = line.find(':');
    if (colon == line.npos || colon + 1 == line.size()) {
      list.error = absl::StrCat("line ", number, ": '", line,
                                "' is not of the form kind:pattern");
      return list;
    }
    if (!ours || absl::StrContains(line, '=')) continue;
    const absl::string_view kind = line.substr(0, colon);
    const std::string pattern(line.substr(colon + 1));
    if (kind == "src" || kind == "mainfile") {
      list.sources.push_back(pattern);
    } else if (kind == "fun") {
      list.functions.push_back(pattern);
    }
  }
  return list;
}

std::string AbsolutePath(absl::string_view path, absl::string_view directory) {
  const std::string whole = absl::StartsWith(path, "/")
                                ? std::string(path)
                                : absl::StrCat(directory, "/", path);
  std::vector<absl::string_view> parts;
  for (absl::string_view part : absl::StrSplit(whole, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  return absl::StrCat("/", absl::StrJoin(parts, "/"));
}

bool MatchesSource(absl::string_view pattern, absl::string_view path,
                   absl::string_view directory) {
  return MatchesGlob(pattern, path) ||
         MatchesGlob(pattern, AbsolutePath(path, directory));
}

bool MatchesIgnore(absl::string_view pattern, absl::string_view path,
                   absl::string_view directory) {
  while (absl::ConsumePrefix(&pattern, "./")) {
  }
  while (pattern.size() > 1 && absl::ConsumeSuffix(&pattern, "/")) {
  }
  if (pattern.empty()) return false;
  const std::string whole = AbsolutePath(path, directory);
  const std::string anchored =
      pattern[0] == '/' ? std::string(pattern) : absl::StrCat("*/", pattern);
  return MatchesGlob(anchored, whole) ||
         MatchesGlob(absl::StrCat(anchored, "/*"), whole);
}

}  // namespace kcsan::compiler
