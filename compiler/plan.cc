// SPDX-License-Identifier: Apache-2.0
//
// See plan.h. What each added flag is for stands where it is added.

#include "compiler/plan.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "compiler/command_line.h"
#include "compiler/ignore.h"
#include "compiler/link.h"
#include "compiler/options.h"
#include "compiler/rewrite.h"

namespace kcsan::compiler {
namespace {

bool IsInstrumentable(const Input& input) {
  return input.language == Language::kSource ||
         input.language == Language::kPreprocessed ||
         input.language == Language::kHeader;
}

// After a "--" all words are files, also those that are to be appended.
void RemoveEndOfOptions(std::vector<std::string>* words) {
  for (auto word = words->begin(); word != words->end(); ++word) {
    if (TakesNextWord(*word)) {
      if (++word == words->end()) return;
    } else if (*word == "--") {
      for (word = words->erase(word); word != words->end(); ++word) {
        if (absl::StartsWith(*word, "-")) word->insert(0, "./");
      }
      return;
    }
  }
}

class Planner {
 public:
  explicit Planner(const Request& request) : request_(request) {}

  Plan Make() {
    const std::vector<std::string> expanded =
        ExpandResponseFiles(request_.words, request_.read_file);
    plan_.options = ReadOwnOptions(expanded, request_.environment);
    plan_.error = plan_.options.error;
    if (!plan_.error.empty()) return plan_;

    line_ = ReadCommandLine(expanded);
    if (!plan_.options.enabled || line_.is_probe || line_.inputs.empty()) {
      Compose({}, RemoveUnwanted(request_.words, expanded, {}), {});
      return plan_;
    }
    if (!line_.conflicting_sanitizer.empty()) {
      plan_.error = absl::StrCat("-fsanitize=", line_.conflicting_sanitizer,
                                 " does not go together with KCSAN");
      return plan_;
    }
    if (line_.other_word_size) {
      Warn("not instrumented: KCSAN needs a 64-bit target");
    }

    const bool instrument = ShouldInstrument();
    if (!plan_.error.empty()) return plan_;
    Unwanted unwanted;
    // Never at a link, or libtsan would come in; nor where a list says no.
    unwanted.thread_sanitizer = line_.Links() || !instrument;
    unwanted.ignorelists = !IsClang();
    std::vector<std::string> back;
    if (line_.Links()) {
      back = LinkerFlags({request_, plan_.options, line_, instrument},
                         &plan_.error);
      if (!plan_.error.empty()) return plan_;
    } else if (!IsClang() && !instrument && line_.link_time_optimisation) {
      // Code that GCC makes at the link gets the hooks like all other.
      back = {"-fno-lto"};
    }
    std::vector<std::string> middle =
        RemoveUnwanted(request_.words, expanded, unwanted);
    // GCC knows no "--", and shall say so.
    if (IsClang() && !back.empty()) RemoveEndOfOptions(&middle);
    Compose(CompilerFlags(instrument), middle, back);
    return plan_;
  }

 private:
  bool IsClang() const {
    return request_.compiler.kind == CompilerKind::kClang;
  }

  void Warn(std::string text) { plan_.warnings.push_back(std::move(text)); }

  void Compose(const std::vector<std::string>& front,
               const std::vector<std::string>& middle,
               const std::vector<std::string>& back) {
    plan_.command = request_.compiler.command;
    for (const auto* part : {&front, &middle, &back}) {
      plan_.command.insert(plan_.command.end(), part->begin(), part->end());
    }
  }

  bool ShouldInstrument() {
    // Read also where nothing is compiled: a list that is missing is an error
    // of the build, not of one file.
    const std::vector<std::string> sources = IgnoredSources();
    std::string ignored;
    std::string compiled;
    for (const Input& input : line_.inputs) {
      if (!IsInstrumentable(input)) continue;
      (IsIgnored(input.path, sources) ? ignored : compiled) = input.path;
    }
    if (!ignored.empty() && !compiled.empty()) {
      // One command, one set of flags. The list counts more: what stands there
      // may be unable to run with hooks.
      Warn(absl::StrCat(compiled,
                        " is not instrumented: the same command "
                        "compiles ",
                        ignored, ", which is to be ignored"));
    }
    return !compiled.empty() && ignored.empty() && !line_.freestanding &&
           !line_.other_word_size && !line_.thread_disabled &&
           !line_.LinksWithoutRuntime();
  }

  bool IsIgnored(const std::string& path,
                 const std::vector<std::string>& sources) const {
    for (const std::string& pattern : plan_.options.ignore) {
      if (MatchesIgnore(pattern, path, request_.directory)) return true;
    }
    for (const std::string& pattern : sources) {
      if (MatchesSource(pattern, path, request_.directory)) return true;
    }
    return false;
  }

  // The src: patterns that the compiler does not see to itself.
  std::vector<std::string> IgnoredSources() {
    std::vector<std::string> sources;
    if (IsClang()) return sources;
    std::vector<std::string> files = line_.ignorelists;
    if (!plan_.options.ignorelist.empty()) {
      files.push_back(plan_.options.ignorelist);
    }
    for (const std::string& file : files) {
      const auto text = request_.read_file(file);
      const Ignorelist list = ParseIgnorelist(text.value_or(""));
      if (!text || !list.error.empty()) {
        plan_.error = absl::StrCat("ignore list ", file, ": ",
                                   text ? list.error : "cannot be read");
        return sources;
      }
      sources.insert(sources.end(), list.sources.begin(), list.sources.end());
      if (!list.functions.empty()) {
        Warn(absl::StrCat("ignore list ", file,
                          ": GCC cannot leave out "
                          "functions by name, fun:",
                          list.functions[0],
                          " has no effect (write __no_kcsan there, or use "
                          "Clang)"));
      }
    }
    return sources;
  }

  // They stand before the user's, so that the user's count more.
  std::vector<std::string> CompilerFlags(bool instrument) const {
    std::vector<std::string> flags;
    const bool has_source = line_.HasLanguage(Language::kSource) ||
                            line_.HasLanguage(Language::kHeader);
    const bool has_code =
        has_source || line_.HasLanguage(Language::kPreprocessed);
    const bool detector_there = !line_.freestanding && !line_.other_word_size;
    if (detector_there &&
        (has_source || line_.HasLanguage(Language::kAssemblerSource))) {
      flags.push_back("-DKCSAN_ENABLED=1");
      // After: a file of the project that happens to have one of our names
      // wins.
      flags.push_back("-idirafter");
      flags.push_back(absl::StrCat(request_.prefix, "/include"));
    }
    if (instrument) {
      if (has_source) flags.push_back("-DKCSAN_INSTRUMENTED=1");
      AddHookFlags(&flags);
    }
    // So that a report has files and lines.
    if (instrument && has_code && plan_.options.debug_info &&
        !line_.debug_level_given && line_.phase != Phase::kPreprocess) {
      flags.push_back(IsClang() ? "-gline-tables-only" : "-g1");
    }
    if (IsClang() && !flags.empty()) {
      // Some inputs use some flags only, which is no warning of the user's.
      flags.insert(flags.begin(), "--start-no-unused-arguments");
      flags.push_back("--end-no-unused-arguments");
    }
    return flags;
  }

  void AddHookFlags(std::vector<std::string>* flags) const {
    const auto add = [flags](std::initializer_list<const char*> words) {
      flags->insert(flags->end(), words.begin(), words.end());
    };
    const bool links = line_.Links();
    if (!IsClang()) {
      // With a link in the same command, the compiler proper gets them from
      // kcsan.specs: the driver would link libtsan.
      if (!links) {
        add({"-fsanitize=thread", "--param=tsan-distinguish-volatile=1"});
      }
      // atomic_thread_fence() is known to us.
      add({"-Wno-tsan"});
      // These read a variable before a loop, or on a path, that then has no use
      // for it: a read that the source does not have.
      add({"-fno-tree-loop-im", "-fno-tree-partial-pre"});
      return;
    }
    if (links) add({"-Xclang"});
    add({"-fsanitize=thread"});
    // LLVM refuses to be told twice.
    if (!line_.thread_hooks_given) {
      add({"-mllvm", "-tsan-distinguish-volatile=1", "-mllvm",
           "-tsan-compound-read-before-write=1", "-mllvm",
           // As GCC's -fno-tree-loop-im.
           "-disable-licm-promotion"});
    }
    if (!plan_.options.ignorelist.empty()) {
      flags->push_back(
          absl::StrCat("-fsanitize-ignorelist=", plan_.options.ignorelist));
    }
  }

  const Request& request_;
  CommandLine line_;
  Plan plan_;
};

}  // namespace

Plan MakePlan(const Request& request) { return Planner(request).Make(); }

}  // namespace kcsan::compiler
