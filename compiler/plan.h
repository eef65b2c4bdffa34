// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: compiler/plan.h
// -----------------------------------------------------------------------------
// The heart of the wrapper: from what the user typed to what the real compiler
// is given. A function of its arguments alone, so that each rule has a test.

#ifndef COMPILER_PLAN_H_
#define COMPILER_PLAN_H_

#include <functional>
#include <string>
#include <vector>

#include "compiler/object_symbols.h"
#include "compiler/own_options.h"
#include "compiler/response_file.h"

namespace kcsan::compiler {

enum class CompilerKind { kGcc, kClang };

struct Compiler {
  // Mostly one word; {"ccache", "gcc", "-m64"} are three. As the user wrote
  // them, because compilers call themselves so in what they print.
  std::vector<std::string> command;
  std::string path;  // of the first word
  CompilerKind kind = CompilerKind::kGcc;
  bool cxx = false;  // the driver for C++, which links its library by itself
};

struct Request {
  std::vector<std::string> words;  // after the wrapper's own name
  Environment environment;
  std::string prefix;     // where kcsan is installed
  std::string directory;  // the current one
  Compiler compiler;
  FileReader read_file;
  std::function<bool(const std::string& path)> file_exists;
  // FindDefinitions() of a file.
  std::function<void(const std::string& path, const NameSet& names,
                     NameSet* found)>
      find_definitions;
};

struct Plan {
  OwnOptions options;
  std::vector<std::string> command;   // of the real compiler
  std::vector<std::string> warnings;  // a line each
  std::string error;                  // a line; then nothing is to be run
};

Plan MakePlan(const Request& request);

}  // namespace kcsan::compiler

#endif  // COMPILER_PLAN_H_
