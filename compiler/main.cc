// SPDX-License-Identifier: Apache-2.0
//
// kcsan-cc and kcsan-c++: puts together what the plan has to know, and becomes
// the real compiler. Which of the two it is, its name says.

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "compiler/identity.h"
#include "compiler/manual.h"
#include "compiler/plan.h"
#include "compiler/real_compiler.h"

namespace kcsan::compiler {
namespace {

std::optional<std::string> ReadFile(const std::string& path) {
  // A pipe can be read once, and that is for the compiler.
  struct stat status;
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  FILE* file = fopen(path.c_str(), "re");
  if (file == nullptr) return std::nullopt;
  std::string content;
  char buffer[16384];
  while (const size_t size = fread(buffer, 1, sizeof(buffer), file)) {
    content.append(buffer, size);
  }
  fclose(file);
  return content;
}

void FindDefinitionsIn(const std::string& path, const NameSet& names,
                       NameSet* found) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
      status.st_size > 0) {
    // Mapped, because of a big archive only the index is looked at.
    const auto size = static_cast<size_t>(status.st_size);
    void* content = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (content != MAP_FAILED) {
      FindDefinitions({static_cast<const char*>(content), size}, names, found);
      munmap(content, size);
    }
  }
  if (file >= 0) close(file);
}

Environment OwnVariables() {
  Environment variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const char* equals = strchr(*entry, '=');
    if (equals != nullptr && absl::StartsWith(*entry, "KCSAN_")) {
      const std::string name(*entry, static_cast<size_t>(equals - *entry));
      variables[name] = equals + 1;
    }
  }
  return variables;
}

std::string GetVariable(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? "" : value;
}

std::string CurrentDirectory() {
  char* directory = getcwd(nullptr, 0);
  std::string result = directory == nullptr ? "" : directory;
  free(directory);
  return result;
}

// `name` is argv[0], for where there is no /proc.
std::string SelfPath(const std::string& name) {
  char* path = realpath("/proc/self/exe", nullptr);
  if (path == nullptr) {
    path =
        realpath(FindProgram(name, GetVariable("PATH"), "").c_str(), nullptr);
  }
  std::string result = path == nullptr ? "" : path;
  free(path);
  return result;
}

// <prefix>/bin/kcsan-cc
std::string InstallPrefix(const std::string& self) {
  std::string named = GetVariable("KCSAN_PREFIX");
  if (!named.empty()) return named;
  const std::string directory = self.substr(0, self.rfind('/'));
  return directory.substr(0, directory.rfind('/'));
}

// A line that a shell takes back.
std::string Quote(const std::string& word) {
  const bool plain =
      !word.empty() && word.find_first_not_of(
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
                           "wxyz0123456789_@%+=:,./-") == std::string::npos;
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

class Wrapper {
 public:
  int Run(int argc, char** argv) {
    const std::string name = argc > 0 ? argv[0] : "kcsan-cc";
    const bool cxx = absl::EndsWith(name, "++");
    name_ = cxx ? "kcsan-c++" : "kcsan-cc";

    Request request;
    for (int i = 1; i < argc; ++i) request.words.emplace_back(argv[i]);
    request.environment = OwnVariables();
    const std::string self = SelfPath(name);
    request.prefix = InstallPrefix(self);
    request.directory = CurrentDirectory();
    request.read_file = ReadFile;
    request.file_exists = [](const std::string& path) {
      return access(path.c_str(), R_OK) == 0;
    };
    request.find_definitions = FindDefinitionsIn;
    std::string error;
    request.compiler = FindRealCompiler(cxx, request.environment,
                                        GetVariable("PATH"), self, &error);

    const Plan plan = MakePlan(request);
    if (plan.error.empty() && plan.options.help) {
      PrintManual(stdout);
      return 0;
    }
    if (!plan.error.empty()) error = plan.error;
    if (!error.empty()) return Fail(error);
    if (plan.options.identity) {
      printf("%s", DescribeIdentity(request, self).c_str());
      return 0;
    }
    for (const std::string& warning : plan.warnings) Say("warning", warning);
    if (plan.options.show) {
      const auto quote = [](std::string* line, const std::string& word) {
        line->append(Quote(word));
      };
      printf("%s\n", absl::StrJoin(plan.command, " ", quote).c_str());
      return 0;
    }
    return Become(request.compiler.path, plan.command);
  }

 private:
  void Say(const char* kind, const std::string& text) const {
    fprintf(stderr, "%s: %s: %s\n", name_.c_str(), kind, text.c_str());
  }

  int Fail(const std::string& text) const {
    Say("error", text);
    return 1;
  }

  int Become(const std::string& path,
             const std::vector<std::string>& command) const {
    std::vector<char*> words;
    words.reserve(command.size() + 1);
    for (const std::string& word : command) {
      words.push_back(const_cast<char*>(word.c_str()));
    }
    words.push_back(nullptr);
    execv(path.c_str(), words.data());
    return Fail(absl::StrCat("cannot run ", path, ": ", strerror(errno)));
  }

  std::string name_;
};

}  // namespace
}  // namespace kcsan::compiler

int main(int argc, char** argv) {
  return kcsan::compiler::Wrapper().Run(argc, argv);
}
