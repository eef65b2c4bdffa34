// SPDX-License-Identifier: Apache-2.0
//
// The outer form of an options text: "name=value" pairs.

#ifndef KCSAN_REPORT_OPTION_PAIRS_H_
#define KCSAN_REPORT_OPTION_PAIRS_H_

#include "absl/strings/string_view.h"

namespace kcsan {
namespace report {

struct Pair {
  absl::string_view name;
  absl::string_view value;  // empty also where there is no "="
  bool is_closed;           // false: its quote was not
};

// Takes the next pair off `rest`; false at the end. Pairs stand between colons,
// commas and white space. A value in quotes may hold those; a quote that is not
// closed runs to the end.
bool NextPair(absl::string_view* rest, Pair* pair);

}  // namespace report
}  // namespace kcsan

#endif  // KCSAN_REPORT_OPTION_PAIRS_H_
