// SPDX-License-Identifier: Apache-2.0
//
// Reads a command line from left to right, as the drivers do: -x counts for the
// inputs after it, of opposite options the last one wins.

#include "compiler/command_line.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "compiler/options.h"

namespace kcsan::compiler {
namespace {

Language LanguageOfName(absl::string_view name) {
  if (name == "assembler") return Language::kAssembler;
  if (name == "assembler-with-cpp") return Language::kAssemblerSource;
  if (absl::EndsWith(name, "cpp-output")) return Language::kPreprocessed;
  static constexpr absl::string_view kFamily[] = {
      "c", "c++", "objective-c", "objective-c++", "c++-module"};
  for (absl::string_view family : kFamily) {
    if (name == family) return Language::kSource;
    if (absl::ConsumePrefix(&name, family)) {
      if (absl::EndsWith(name, "-header") || absl::EndsWith(name, "-unit")) {
        return Language::kHeader;
      }
      name = absl::string_view(name.data() - family.size(),
                               name.size() + family.size());
    }
  }
  return Language::kOther;
}

Language LanguageOfPath(absl::string_view path) {
  static const auto* const kBySuffix =
      new std::map<absl::string_view, Language>{
          {"c", Language::kSource},
          {"cc", Language::kSource},
          {"cp", Language::kSource},
          {"cxx", Language::kSource},
          {"cpp", Language::kSource},
          {"CPP", Language::kSource},
          {"c++", Language::kSource},
          {"C", Language::kSource},
          {"cppm", Language::kSource},
          {"ixx", Language::kSource},
          {"m", Language::kSource},
          {"mm", Language::kSource},
          {"M", Language::kSource},
          {"i", Language::kPreprocessed},
          {"ii", Language::kPreprocessed},
          {"mi", Language::kPreprocessed},
          {"mii", Language::kPreprocessed},
          {"h", Language::kHeader},
          {"hh", Language::kHeader},
          {"H", Language::kHeader},
          {"hp", Language::kHeader},
          {"hxx", Language::kHeader},
          {"hpp", Language::kHeader},
          {"HPP", Language::kHeader},
          {"h++", Language::kHeader},
          {"tcc", Language::kHeader},
          {"s", Language::kAssembler},
          {"S", Language::kAssemblerSource},
          {"sx", Language::kAssemblerSource},
          {"ll", Language::kOther},
          {"bc", Language::kOther},
          {"f", Language::kOther},
          {"F", Language::kOther},
          {"f90", Language::kOther},
          {"F90", Language::kOther},
          {"d", Language::kOther},
          {"go", Language::kOther},
      };
  const size_t slash = path.rfind('/');
  if (slash != path.npos) path.remove_prefix(slash + 1);
  const size_t dot = path.rfind('.');
  if (dot == path.npos) return Language::kLinkerInput;
  const auto found = kBySuffix->find(path.substr(dot + 1));
  return found == kBySuffix->end() ? Language::kLinkerInput : found->second;
}

// The sanitizers that the compilers refuse together with that for threads.
bool ConflictsWithThread(absl::string_view sanitizer) {
  static constexpr absl::string_view kConflicting[] = {
      "address", "kernel-address", "hwaddress", "kernel-hwaddress", "memory",
      "leak",    "kernel-memory",  "dataflow",  "safe-stack"};
  return std::find(std::begin(kConflicting), std::end(kConflicting),
                   sanitizer) != std::end(kConflicting);
}

class Reader {
 public:
  CommandLine Read(const std::vector<std::string>& words) {
    bool only_inputs = false;  // after "--"
    for (size_t i = 0; i < words.size(); ++i) {
      const std::string& word = words[i];
      if (only_inputs || word == "-" || !absl::StartsWith(word, "-")) {
        AddInput(word);
      } else if (word == "--") {
        only_inputs = true;
      } else if (TakesNextWord(word)) {
        // Where the value is missing the compiler will say so.
        if (i + 1 < words.size()) ReadPair(word, words[++i]);
      } else {
        ReadOption(word);
      }
    }
    ReadLinkerWords();
    for (const std::string& sanitizer : sanitizers_) {
      if (ConflictsWithThread(sanitizer)) {
        line_.conflicting_sanitizer = sanitizer;
      }
    }
    return line_;
  }

 private:
  void AddInput(const std::string& path) {
    line_.inputs.push_back({path, forced_.empty() ? LanguageOfPath(path)
                                                  : LanguageOfName(forced_)});
  }

  void AddLinkerInput(const std::string& word) {
    line_.inputs.push_back({word, Language::kLinkerInput});
  }

  // The first phase asked for ends the work, wherever it stands.
  void EndAfter(Phase phase) { line_.phase = std::min(line_.phase, phase); }

  void ReadPair(const std::string& option, const std::string& value) {
    if (option == "-x" || option == "--language") {
      forced_ = value == "none" ? "" : value;
    } else if (option == "-Xlinker" || option == "--for-linker") {
      linker_words_.push_back(value);
      AddLinkerInput(value);
    } else if (option == "-z") {
      linker_words_.push_back("-z");
      linker_words_.push_back(value);
    } else if (option == "-L" || option == "--library-directory") {
      line_.library_dirs.push_back(value);
    } else if (option == "-l") {
      AddLinkerInput(option + value);
    } else if (option == "-mllvm") {
      ReadLlvmOption(value);
    }
  }

  void ReadOption(absl::string_view word) {
    if (IsProbe(word)) line_.is_probe = true;
    if (word == "-E" || word == "-M" || word == "-MM" ||
        word == "--preprocess") {
      EndAfter(Phase::kPreprocess);
    } else if (IsCompileOnly(word)) {
      EndAfter(Phase::kCompile);
    } else if (absl::ConsumePrefix(&word, "-x") ||
               absl::ConsumePrefix(&word, "--language=")) {
      forced_ = word == "none" ? "" : std::string(word);
    } else if (absl::ConsumePrefix(&word, "-L") ||
               absl::ConsumePrefix(&word, "--library-directory=")) {
      line_.library_dirs.emplace_back(word);
    } else if (absl::StartsWith(word, "-l")) {
      AddLinkerInput(std::string(word));
    } else if (absl::ConsumePrefix(&word, "-Wl,")) {
      for (absl::string_view part : absl::StrSplit(word, ',')) {
        linker_words_.emplace_back(part);
      }
      AddLinkerInput(std::string(word));
    } else if (absl::ConsumePrefix(&word, "-z")) {
      linker_words_.push_back("-z");
      linker_words_.emplace_back(word);
    } else if (absl::ConsumePrefix(&word, "-mllvm=")) {
      ReadLlvmOption(word);
    } else if (absl::StartsWith(word, "-f")) {
      ReadFeature(word);
    } else if (IsDebugLevel(word)) {
      line_.debug_level_given = true;
    } else {
      ReadSwitch(word);
    }
  }

  void ReadSwitch(absl::string_view word) {
    if (word == "-r" || word == "--relocatable") {
      line_.relocatable = true;
    } else if (word == "-shared" || word == "--shared") {
      line_.shared = true;
    } else if (word == "-nostdlib" || word == "--no-standard-libraries" ||
               word == "-nodefaultlibs" || word == "-nostartfiles" ||
               word == "-nolibc") {
      line_.own_libraries = true;
    } else if (word == "-static" || word == "--static" ||
               word == "-static-pie") {
      line_.static_link = true;
    } else if (word == "-stdlib=libc++" || word == "-nostdlib++") {
      line_.without_libstdcxx = true;
    } else if (word == "-m32" || word == "-mx32" || word == "-m16") {
      line_.other_word_size = true;
    } else if (word == "-m64") {
      line_.other_word_size = false;
    }
  }

  void ReadFeature(absl::string_view word) {
    if (word == "-flto" || absl::StartsWith(word, "-flto=")) {
      line_.link_time_optimisation = true;
    } else if (word == "-fno-lto") {
      line_.link_time_optimisation = false;
    } else if (word == "-ffreestanding" || word == "-fno-hosted") {
      line_.freestanding = true;
    } else if (word == "-fno-freestanding" || word == "-fhosted") {
      line_.freestanding = false;
    } else if (absl::ConsumePrefix(&word, "-fsanitize=")) {
      for (absl::string_view name : absl::StrSplit(word, ',')) {
        if (name == "thread") line_.thread_disabled = false;
        sanitizers_.emplace_back(name);
      }
    } else if (absl::ConsumePrefix(&word, "-fno-sanitize=")) {
      for (absl::string_view name : absl::StrSplit(word, ',')) {
        const bool all = name == "all";
        if (all || name == "thread") line_.thread_disabled = true;
        const auto is_named = [&](const std::string& s) {
          return all || s == name;
        };
        sanitizers_.erase(
            std::remove_if(sanitizers_.begin(), sanitizers_.end(), is_named),
            sanitizers_.end());
      }
    } else if (absl::ConsumePrefix(&word, kIgnorelistOption) ||
               absl::ConsumePrefix(&word, kBlacklistOption)) {
      line_.ignorelists.emplace_back(word);
    } else if (word == "-fno-sanitize-ignorelist" ||
               word == "-fno-sanitize-blacklist") {
      line_.ignorelists.clear();
    }
  }

  void ReadLlvmOption(absl::string_view value) {
    if (absl::StartsWith(value, "-tsan-")) line_.thread_hooks_given = true;
  }

  void ReadLinkerWords() {
    for (size_t i = 0; i < linker_words_.size(); ++i) {
      const std::string& word = linker_words_[i];
      if (word == "-r" || word == "--relocatable" || word == "-i") {
        line_.relocatable = true;
      } else if (word == "-shared" || word == "--shared") {
        line_.shared = true;
      } else if (word == "--no-undefined" || word == "-no-undefined" ||
                 word == "-zdefs") {
        line_.no_undefined = true;
      } else if (word == "-z" && i + 1 < linker_words_.size()) {
        const std::string& value = linker_words_[++i];
        if (value == "defs") line_.no_undefined = true;
        if (value == "undefs") line_.no_undefined = false;
      }
    }
  }

  CommandLine line_;
  std::string forced_;  // -x
  std::vector<std::string> sanitizers_;
  std::vector<std::string> linker_words_;
};

}  // namespace

bool CommandLine::HasLanguage(Language language) const {
  return std::any_of(inputs.begin(), inputs.end(), [&](const Input& input) {
    return input.language == language;
  });
}

bool CommandLine::Links() const {
  return phase == Phase::kLink &&
         std::any_of(inputs.begin(), inputs.end(), [](const Input& input) {
           return input.language != Language::kHeader;
         });
}

bool CommandLine::LinksWithoutRuntime() const {
  return Links() && own_libraries && !shared && !relocatable;
}

CommandLine ReadCommandLine(const std::vector<std::string>& words) {
  return Reader().Read(words);
}

}  // namespace kcsan::compiler
