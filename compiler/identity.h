// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: compiler/identity.h
// -----------------------------------------------------------------------------
// What --kcsan-id prints: all that decides about an object file beside the
// command line and the source. For caches of object files, which else would
// hand out what another compiler made.

#ifndef COMPILER_IDENTITY_H_
#define COMPILER_IDENTITY_H_

#include <string>

#include "compiler/plan.h"

namespace kcsan::compiler {

// `self` is the wrapper's own path.
std::string DescribeIdentity(const Request& request, const std::string& self);

}  // namespace kcsan::compiler

#endif  // COMPILER_IDENTITY_H_
