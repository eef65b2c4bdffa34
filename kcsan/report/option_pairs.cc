// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/option_pairs.h"

#include <string.h>

namespace kcsan {
namespace report {
namespace {

bool IsSeparator(char c) { return strchr(":, \t\n\r", c) != nullptr; }

}  // namespace

bool NextPair(absl::string_view* rest, Pair* pair) {
  size_t begin = 0;
  while (begin < rest->size() && IsSeparator((*rest)[begin])) ++begin;
  rest->remove_prefix(begin);
  if (rest->empty()) return false;
  size_t end = 0;
  while (end < rest->size() && (*rest)[end] != '=' &&
         !IsSeparator((*rest)[end])) {
    ++end;
  }
  pair->name = rest->substr(0, end);
  pair->value = absl::string_view();
  pair->is_closed = true;
  if (end < rest->size() && (*rest)[end] == '=') {
    rest->remove_prefix(end + 1);
    const char quote = rest->empty() ? '\0' : (*rest)[0];
    if (quote == '"' || quote == '\'') {
      rest->remove_prefix(1);
      end = rest->find(quote);
      pair->is_closed = end != absl::string_view::npos;
      if (!pair->is_closed) end = rest->size();
      pair->value = rest->substr(0, end);
      rest->remove_prefix(end < rest->size() ? end + 1 : end);
      return true;
    }
    end = 0;
    while (end < rest->size() && !IsSeparator((*rest)[end])) ++end;
    pair->value = rest->substr(0, end);
  }
  rest->remove_prefix(end);
  return true;
}

}  // namespace report
}  // namespace kcsan
