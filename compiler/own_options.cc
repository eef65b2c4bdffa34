// SPDX-License-Identifier: Apache-2.0
//
// See own_options.h.

#include "compiler/own_options.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "compiler/options.h"

namespace kcsan::compiler {
namespace {

constexpr absl::string_view kSharedRuntime = "-shared-libkcsan";
constexpr absl::string_view kStaticRuntime = "-static-libkcsan";

// Says what is wrong with `text`, or sets *value.
std::string ReadSwitch(absl::string_view name, absl::string_view text,
                       bool* value) {
  if (text != "0" && text != "1") {
    return absl::StrCat(name, ": '", text, "' is neither 0 nor 1");
  }
  *value = text == "1";
  return "";
}

class Reader {
 public:
  OwnOptions Read(const std::vector<std::string>& words,
                  const Environment& environment) {
    for (const auto& [name, value] : environment) ReadVariable(name, value);
    for (size_t i = 0; i < words.size(); ++i) {
      if (TakesNextWord(words[i])) {
        ++i;  // "-o --kcsan-help" is a file name
      } else {
        ReadWord(words[i]);
      }
    }
    return options_;
  }

 private:
  void ReadVariable(const std::string& name, const std::string& value) {
    // Set to nothing is as good as not set: so it can be undone for one
    // command.
    if (value.empty()) return;
    if (name == "KCSAN_WRAPPER") {
      SetError(ReadSwitch(name, value, &options_.enabled));
    } else if (name == "KCSAN_DEBUG_INFO") {
      SetError(ReadSwitch(name, value, &options_.debug_info));
    } else if (name == "KCSAN_SHARED_RUNTIME") {
      SetError(ReadSwitch(name, value, &options_.shared_runtime));
    } else if (name == "KCSAN_RUNTIME") {
      options_.runtime_dir = value;
    } else if (name == "KCSAN_IGNORE") {
      options_.ignore = absl::StrSplit(value, ':', absl::SkipEmpty());
    } else if (name == "KCSAN_IGNORELIST") {
      options_.ignorelist = value;
    }
  }

  void ReadWord(absl::string_view word) {
    if (!IsOwnOption(word)) return;
    const absl::string_view whole = word;
    if (word == "--kcsan-help") {
      options_.help = true;
    } else if (word == "--kcsan-show") {
      options_.show = true;
    } else if (word == "--kcsan-id") {
      options_.identity = true;
    } else if (word == kSharedRuntime) {
      options_.shared_runtime = true;
    } else if (word == kStaticRuntime) {
      options_.shared_runtime = false;
    } else if (absl::ConsumePrefix(&word, "--kcsan-debug-info=")) {
      SetError(ReadSwitch("--kcsan-debug-info", word, &options_.debug_info));
    } else if (absl::ConsumePrefix(&word, "--kcsan-runtime=")) {
      options_.runtime_dir = std::string(word);
    } else if (absl::ConsumePrefix(&word, "--kcsan-ignore=")) {
      options_.ignore.emplace_back(word);
    } else {
      SetError(absl::StrCat("unknown option '", whole,
                            "' (--kcsan-help prints the manual)"));
    }
  }

  void SetError(std::string error) {
    if (options_.error.empty()) options_.error = std::move(error);
  }

  OwnOptions options_;
};

}  // namespace

bool IsOwnOption(absl::string_view word) {
  return absl::StartsWith(word, "--kcsan-") || word == kSharedRuntime ||
         word == kStaticRuntime;
}

OwnOptions ReadOwnOptions(const std::vector<std::string>& words,
                          const Environment& environment) {
  return Reader().Read(words, environment);
}

}  // namespace kcsan::compiler
