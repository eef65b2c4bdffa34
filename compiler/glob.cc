// SPDX-License-Identifier: Apache-2.0
//
// Without recursion: when the rest does not fit, only the last '*' need take
// one character more, because all before it fit as early as it could.

#include "compiler/glob.h"

namespace kcsan::compiler {
namespace {

// Is `c` in the set that begins at pattern[*at] == '['? Moves *at behind it. A
// '[' without its ']' means itself.
bool MatchesSet(absl::string_view pattern, size_t* at, char c) {
  size_t i = *at + 1;
  const bool negated =
      i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  // A ']' that comes first is a member.
  for (const size_t first = i;
       i < pattern.size() && (i == first || pattern[i] != ']'); ++i) {
    const char low = pattern[i];
    char high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' &&
        pattern[i + 2] != ']') {
      high = pattern[i + 2];
      i += 2;
    }
    if (low <= c && c <= high) found = true;
  }
  if (i >= pattern.size()) {
    ++*at;
    return c == '[';
  }
  *at = i + 1;
  return found != negated;
}

// Does the element at pattern[*at] fit `c`? Moves *at behind it.
bool MatchesOne(absl::string_view pattern, size_t* at, char c) {
  switch (pattern[*at]) {
    case '?':
      ++*at;
      return true;
    case '[':
      return MatchesSet(pattern, at, c);
    case '\\':
      if (*at + 1 < pattern.size()) ++*at;
      break;
    default:
      break;
  }
  return pattern[(*at)++] == c;
}

}  // namespace

bool MatchesGlob(absl::string_view pattern, absl::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t after_star = pattern.npos;  // in `pattern`
  size_t star_end = 0;               // how much of `text` it has taken
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_end = t;
    } else if (p < pattern.size() && MatchesOne(pattern, &p, text[t])) {
      ++t;
    } else if (after_star != pattern.npos) {
      p = after_star;
      t = ++star_end;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace kcsan::compiler
