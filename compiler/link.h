// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: compiler/link.h
// -----------------------------------------------------------------------------
// What the wrapper adds to a link: the runtime to a program, the wrapped names
// of libc to shared objects too.

#ifndef COMPILER_LINK_H_
#define COMPILER_LINK_H_

#include <string>
#include <vector>

#include "compiler/command_line.h"
#include "compiler/own_options.h"
#include "compiler/plan.h"

namespace kcsan::compiler {

struct LinkContext {
  const Request& request;
  const OwnOptions& options;
  const CommandLine& line;
  bool instrument;  // the sources in the same command, if any
};

// The words that go behind the user's. Sets *error if there is no runtime.
std::vector<std::string> LinkerFlags(const LinkContext& context,
                                     std::string* error);

}  // namespace kcsan::compiler

#endif  // COMPILER_LINK_H_
