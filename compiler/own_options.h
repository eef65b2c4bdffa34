// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: compiler/own_options.h
// -----------------------------------------------------------------------------
// What the user told the wrapper itself: KCSAN_* variables, and options that no
// compiler knows. An option counts more than its variable.

#ifndef COMPILER_OWN_OPTIONS_H_
#define COMPILER_OWN_OPTIONS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kcsan::compiler {

// The variables of the environment whose names begin with KCSAN_.
using Environment = std::map<std::string, std::string>;

struct OwnOptions {
  bool help = false;                // --kcsan-help
  bool show = false;                // --kcsan-show
  bool identity = false;            // --kcsan-id
  bool enabled = true;              // KCSAN_WRAPPER=0
  bool debug_info = true;           // KCSAN_DEBUG_INFO, --kcsan-debug-info=
  bool shared_runtime = false;      // -shared-libkcsan
  std::string runtime_dir;          // KCSAN_RUNTIME, --kcsan-runtime=
  std::vector<std::string> ignore;  // KCSAN_IGNORE, --kcsan-ignore=
  std::string ignorelist;           // KCSAN_IGNORELIST
  std::string error;
};

// An option of the wrapper, which the real compiler must not see.
bool IsOwnOption(absl::string_view word);

// `words` as in ReadCommandLine().
OwnOptions ReadOwnOptions(const std::vector<std::string>& words,
                          const Environment& environment);

}  // namespace kcsan::compiler

#endif  // COMPILER_OWN_OPTIONS_H_
