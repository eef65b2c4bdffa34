// SPDX-License-Identifier: Apache-2.0
//
// See identity.h.

#include "compiler/identity.h"

#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace kcsan::compiler {
namespace {

// Size and time stand for the content, as in ccache.
void AddFile(const std::string& path, std::string* text) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return;
  absl::StrAppend(text, "file ", path, " ", status.st_size, " ",
                  status.st_mtim.tv_sec, ".", status.st_mtim.tv_nsec, "\n");
}

}  // namespace

std::string DescribeIdentity(const Request& request, const std::string& self) {
  std::string text =
      absl::StrCat("compiler ", absl::StrJoin(request.compiler.command, " "),
                   "\nprefix ", request.prefix, "\n");
  for (const auto& [name, value] : request.environment) {
    // The detector's own options change no object file.
    if (name == "KCSAN_OPTIONS") continue;
    absl::StrAppend(&text, name, "=", value, "\n");
    if (name == "KCSAN_IGNORELIST") AddFile(value, &text);
  }
  AddFile(self, &text);
  AddFile(request.compiler.path, &text);
  return text;
}

}  // namespace kcsan::compiler
