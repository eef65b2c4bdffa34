// SPDX-License-Identifier: Apache-2.0

#include "examples/service/bug.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace service {
namespace {

struct Description {
  Bug bug;
  absl::string_view name;
  absl::string_view text;
};

constexpr Description kBugs[] = {
    {Bug::kNone, "none", "the service as it should be"},
    {Bug::kStatsLock, "stats_lock",
     "one path updates the statistics without their lock"},
    {Bug::kLogHead, "log_head",
     "a second producer writes to a log ring that is made for one"},
    {Bug::kUseAfterUnref, "use_after_unref",
     "a worker touches a connection after giving back its reference"},
};

}  // namespace

std::string DescribeBugs() {
  std::string text;
  for (const Description& d : kBugs) {
    absl::StrAppend(&text, "  ", d.name, ": ", d.text, "\n");
  }
  return text;
}

bool AbslParseFlag(absl::string_view text, Bug* bug, std::string* error) {
  for (const Description& d : kBugs) {
    if (d.name == text) {
      *bug = d.bug;
      return true;
    }
  }
  *error = absl::StrCat("there is no such bug. There are:\n", DescribeBugs());
  return false;
}

std::string AbslUnparseFlag(Bug bug) {
  for (const Description& d : kBugs) {
    if (d.bug == bug) return std::string(d.name);
  }
  return "";
}

}  // namespace service
