// SPDX-License-Identifier: Apache-2.0
//
// A wrapper in a world of a few invented files: kcsan is installed in /k, the
// current directory is /src/app.

#ifndef TESTS_UNIT_COMPILER_SAMPLE_REQUEST_H_
#define TESTS_UNIT_COMPILER_SAMPLE_REQUEST_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/plan.h"

namespace kcsan::compiler {

using Words = std::vector<std::string>;

class SampleRequest {
 public:
  explicit SampleRequest(CompilerKind kind) {
    request_.compiler.kind = kind;
    request_.compiler.command = {"CC"};
    request_.prefix = "/k";
    request_.directory = "/src/app";
    request_.read_file =
        [this](const std::string& path) -> std::optional<std::string> {
      const auto found = files_.find(path);
      if (found == files_.end()) return std::nullopt;
      return found->second;
    };
    request_.file_exists = [](const std::string& path) {
      return path.find("missing") == std::string::npos &&
             path != "/k/lib/libkcsan_interpose.a";
    };
    request_.find_definitions = [](const std::string& path,
                                   const NameSet& names, NameSet* found) {
      // own_NAME.o defines NAME.
      for (const std::string& name : names) {
        if (path.find("own_" + name) != path.npos) found->insert(name);
      }
    };
  }
  SampleRequest(const SampleRequest&) = delete;
  SampleRequest& operator=(const SampleRequest&) = delete;

  SampleRequest& Cxx() {
    request_.compiler.cxx = true;
    return *this;
  }
  SampleRequest& File(const std::string& path, const std::string& text) {
    files_[path] = text;
    return *this;
  }
  SampleRequest& Set(const std::string& name, const std::string& value) {
    request_.environment[name] = value;
    return *this;
  }

  // `line` is split at blanks.
  Plan Make(const std::string& line) {
    request_.words = SplitWords(line);
    return MakePlan(request_);
  }
  // What is run, as one line.
  std::string Run(const std::string& line) {
    const Plan plan = Make(line);
    if (!plan.error.empty()) return "error: " + plan.error;
    std::string result;
    for (const std::string& word : plan.command) {
      result += (result.empty() ? "" : " ") + word;
    }
    return result;
  }

 private:
  Request request_;
  std::map<std::string, std::string> files_;
};

inline std::string Gcc(const std::string& line) {
  return SampleRequest(CompilerKind::kGcc).Run(line);
}

inline std::string Clang(const std::string& line) {
  return SampleRequest(CompilerKind::kClang).Run(line);
}

inline bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace kcsan::compiler

#endif  // TESTS_UNIT_COMPILER_SAMPLE_REQUEST_H_
