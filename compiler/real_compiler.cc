// SPDX-License-Identifier: Apache-2.0
//
// See real_compiler.h. Nearly always the name says the kind, if not of the
// program, then of the file that it links to (cc, c++). Only a name that says
// nothing costs a run of the compiler.

#include "compiler/real_compiler.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "compiler/response_file.h"

namespace kcsan::compiler {
namespace {

absl::string_view BaseName(absl::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::string RealPath(const std::string& path) {
  char* resolved = realpath(path.c_str(), nullptr);
  std::string result = resolved == nullptr ? path : resolved;
  free(resolved);
  return result;
}

bool IsProgram(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

// Asks the compiler which macros it defines: whatever it is called, and whoever
// makes it, this tells which flags it takes.
std::optional<CompilerKind> AskForKind(
    const std::vector<std::string>& command) {
  std::string line;
  for (const std::string& word : command) {
    absl::StrAppend(&line, "'", absl::StrReplaceAll(word, {{"'", "'\\''"}}),
                    "' ");
  }
  absl::StrAppend(&line, "-dM -E -x c /dev/null 2>/dev/null");
  FILE* pipe = popen(line.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string output;
  char buffer[4096];
  while (const size_t size = fread(buffer, 1, sizeof(buffer), pipe)) {
    output.append(buffer, size);
  }
  pclose(pipe);
  if (absl::StrContains(output, " __clang__ ")) return CompilerKind::kClang;
  if (absl::StrContains(output, " __GNUC__ ")) return CompilerKind::kGcc;
  return std::nullopt;
}

std::optional<CompilerKind> FindKind(const std::vector<std::string>& command,
                                     const std::string& search_path,
                                     const std::string& self) {
  for (const std::string& word : command) {
    if (IsLauncher(word)) continue;
    // The file first: a "gcc" may be a link to Clang.
    const std::string path = FindProgram(word, search_path, self);
    const std::string file = path.empty() ? word : RealPath(path);
    if (!IsLauncher(file)) {
      if (const auto kind = KindOfName(file)) return kind;
    }
    if (const auto kind = KindOfName(word)) return kind;
    break;
  }
  return AskForKind(command);
}

}  // namespace

std::optional<CompilerKind> KindOfName(absl::string_view program) {
  const absl::string_view name = BaseName(program);
  if (absl::StrContains(name, "clang")) return CompilerKind::kClang;
  if (absl::StrContains(name, "gcc") || absl::StrContains(name, "g++")) {
    return CompilerKind::kGcc;
  }
  return std::nullopt;
}

bool IsLauncher(absl::string_view program) {
  const absl::string_view name = BaseName(program);
  return name == "ccache" || name == "sccache" || name == "distcc" ||
         name == "icecc" || name == "env";
}

std::string FindProgram(const std::string& program,
                        const std::string& search_path,
                        const std::string& self) {
  if (absl::StrContains(program, '/')) {
    return IsProgram(program) && RealPath(program) != self ? program : "";
  }
  for (absl::string_view directory : absl::StrSplit(search_path, ':')) {
    std::string path =
        absl::StrCat(directory.empty() ? "." : directory, "/", program);
    if (IsProgram(path) && RealPath(path) != self) return path;
  }
  return "";
}

Compiler FindRealCompiler(bool cxx, const Environment& environment,
                          const std::string& search_path,
                          const std::string& self, std::string* error) {
  Compiler compiler;
  compiler.cxx = cxx;
  const std::string variable = cxx ? "KCSAN_CXX" : "KCSAN_CC";
  const auto found = environment.find(variable);
  const std::vector<std::string> words = found == environment.end()
                                             ? std::vector<std::string>()
                                             : SplitWords(found->second);
  if (words.empty()) {
    for (const char* name : {cxx ? "g++" : "gcc", cxx ? "clang++" : "clang"}) {
      compiler.path = FindProgram(name, search_path, self);
      if (compiler.path.empty()) continue;
      compiler.command = {name};
      break;
    }
    if (compiler.command.empty()) {
      *error = absl::StrCat("neither GCC nor Clang found; ", variable,
                            " says where the compiler is");
      return compiler;
    }
  } else {
    compiler.command = words;
    compiler.path = FindProgram(words[0], search_path, self);
    if (compiler.path.empty()) {
      *error = absl::StrCat(variable, ": cannot find '", words[0],
                            "' (the wrapper itself does not count)");
      return compiler;
    }
  }
  // Where the name leads to the wrapper first, the compiler would look for its
  // own parts in the wrong place.
  if (compiler.path != FindProgram(compiler.command[0], search_path, "")) {
    compiler.command[0] = compiler.path;
  }

  const auto kind = FindKind(compiler.command, search_path, self);
  if (!kind) {
    *error =
        absl::StrCat("'", compiler.command[0], "' is neither GCC nor Clang");
    return compiler;
  }
  compiler.kind = *kind;
  return compiler;
}

}  // namespace kcsan::compiler
