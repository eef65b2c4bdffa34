// SPDX-License-Identifier: Apache-2.0
//
// The mistakes that can be switched on, each the kind that gets made. One place
// in the service asks for each of them; search for its name. As a flag:
// --bug=stats_lock.

#ifndef EXAMPLES_SERVICE_BUG_H_
#define EXAMPLES_SERVICE_BUG_H_

#include <string>

#include "absl/strings/string_view.h"

namespace service {

enum class Bug { kNone, kStatsLock, kLogHead, kUseAfterUnref };

// One line for each, for --help.
std::string DescribeBugs();

// Found by absl::GetFlag() and kin.
bool AbslParseFlag(absl::string_view text, Bug* bug, std::string* error);
std::string AbslUnparseFlag(Bug bug);

}  // namespace service

#endif  // EXAMPLES_SERVICE_BUG_H_
