// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: compiler/real_compiler.h
// -----------------------------------------------------------------------------
// Which compiler stands behind the wrapper, and of which kind it is.

#ifndef COMPILER_REAL_COMPILER_H_
#define COMPILER_REAL_COMPILER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler/own_options.h"
#include "compiler/plan.h"

namespace kcsan::compiler {

// By the name of a program, without running it: "x86_64-linux-gnu-g++-12" is
// GCC, "clang-14" is Clang, "cc" says nothing.
std::optional<CompilerKind> KindOfName(absl::string_view program);

// ccache and its like: the compiler is the next word.
bool IsLauncher(absl::string_view program);

// Where the shell would find `program`, or "". What is the same file as `self`
// is passed over: a link named gcc that leads to the wrapper is no compiler.
std::string FindProgram(const std::string& program,
                        const std::string& search_path,
                        const std::string& self);

// From KCSAN_CC or KCSAN_CXX (`cxx`), else gcc, else clang. Sets *error if
// there is none.
Compiler FindRealCompiler(bool cxx, const Environment& environment,
                          const std::string& search_path,
                          const std::string& self, std::string* error);

}  // namespace kcsan::compiler

#endif  // COMPILER_REAL_COMPILER_H_
