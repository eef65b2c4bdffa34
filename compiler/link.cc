// SPDX-License-Identifier: Apache-2.0
//
// See link.h.

#include "compiler/link.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace kcsan::compiler {
namespace {

class Linking {
 public:
  Linking(const LinkContext& context, std::string* error)
      : context_(context), line_(context.line), error_(error) {}

  std::vector<std::string> Flags() {
    if (line_.freestanding || line_.other_word_size) return {};
    const bool program = !line_.shared && !line_.relocatable;
    if (line_.LinksWithoutRuntime()) return {};

    AddCompilerProper();
    // A relocatable object will be linked once more.
    if (line_.relocatable) return flags_;
    if (UsesSharedRuntime()) {
      AddSharedRuntime();
    } else if (program) {
      AddArchive();
    } else if (line_.no_undefined) {
      // The hooks come from the program that loads it. (gold has no -z undefs.)
      AddForLinker({"--unresolved-symbols=ignore-all"});
    }
    // Not in a static program: libc's own calls in there would be wrapped too,
    // and the first come before there are thread-local variables.
    if (!line_.static_link) AddWraps();
    if (program) AddLibraries();
    return flags_;
  }

 private:
  void Add(std::initializer_list<absl::string_view> words) {
    for (absl::string_view word : words) flags_.emplace_back(word);
  }

  // As words for the linker also files are safe from a -x that is in force.
  void AddForLinker(const std::vector<std::string>& words) {
    const bool has_comma = std::any_of(
        words.begin(), words.end(),
        [](const std::string& word) { return absl::StrContains(word, ','); });
    if (!has_comma) {
      flags_.push_back(absl::StrCat("-Wl,", absl::StrJoin(words, ",")));
      return;
    }
    for (const std::string& word : words) Add({"-Xlinker", word});
  }

  // The runtime itself. The linker would say that it is missing in more words,
  // and not what to do.
  std::string Library(absl::string_view name) {
    std::string path = File(name);
    if (!context_.request.file_exists(path)) {
      *error_ = absl::StrCat("there is no ", path,
                             " (KCSAN_PREFIX says where kcsan is installed)");
    }
    return path;
  }

  // A file of the runtime.
  std::string File(absl::string_view name) const {
    if (!context_.options.runtime_dir.empty()) {
      std::string path = absl::StrCat(context_.options.runtime_dir, "/", name);
      // Another runtime may be no more than an archive. That has to be there.
      if (absl::StartsWith(name, "libkcsan") ||
          context_.request.read_file(path)) {
        return path;
      }
    }
    return absl::StrCat(context_.request.prefix, "/lib/", name);
  }

  bool UsesSharedRuntime() const {
    return context_.options.shared_runtime && !line_.static_link;
  }

  // What GCC compiles during a link: sources of the same command, and with
  // -flto everything (also if the link does not say -flto). The driver must not
  // know of -fsanitize=thread then, or it links libtsan.
  void AddCompilerProper() {
    if (context_.request.compiler.kind != CompilerKind::kGcc) return;
    const bool has_sources = std::any_of(
        line_.inputs.begin(), line_.inputs.end(), [](const Input& input) {
          return input.language == Language::kSource ||
                 input.language == Language::kPreprocessed;
        });
    if (has_sources && !context_.instrument) return;
    flags_.push_back(
        absl::StrCat("-specs=", context_.request.prefix, "/lib/kcsan.specs"));
  }

  void AddSharedRuntime() {
    // Also if nothing of the program itself refers to it: a library that is
    // loaded later may.
    const std::string path = Library("libkcsan.so");
    AddForLinker({"--push-state", "--no-as-needed", path, "--pop-state",
                  "-rpath", path.substr(0, path.rfind('/'))});
  }

  void AddArchive() {
    // By a name that each has, so that it is there once also where the
    // program's own flags have it already (pkg-config, CMake). Of another
    // runtime we know no names.
    const bool whole = !context_.options.runtime_dir.empty();
    std::vector<std::string> words = {
        whole ? "--whole-archive" : "-u__tsan_init", Library("libkcsan.a")};
    // The C library's locks. In a static program they are there already.
    const std::string interpose = File("libkcsan_interpose.a");
    if (!line_.static_link && context_.request.file_exists(interpose)) {
      if (!whole) words.emplace_back("-ukcsan_linked_interpose");
      words.push_back(interpose);
    }
    if (whole) words.emplace_back("--no-whole-archive");
    AddForLinker(words);
    // So that instrumented libraries find the hooks in the program. A static
    // one has none, and would have to relocate itself before it can.
    if (!line_.static_link) {
      AddForLinker({absl::StrCat("--dynamic-list=", File("kcsan.syms"))});
    }
  }

  void AddWraps() {
    constexpr absl::string_view kOption = "--wrap=";
    const std::string list = File("kcsan.wrap");
    const std::string text = context_.request.read_file(list).value_or("");
    NameSet names;
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      if (absl::ConsumePrefix(&line, kOption)) names.emplace(line);
    }
    const NameSet own = OwnFunctions(names);
    if (own.empty()) {
      AddForLinker({absl::StrCat("@", list)});
      return;
    }
    std::vector<std::string> wraps;
    for (const std::string& name : names) {
      if (own.count(name) == 0) wraps.push_back(absl::StrCat(kOption, name));
    }
    if (!wraps.empty()) AddForLinker(wraps);
  }

  // Those of `names` that are functions of the user's own in this link. In a
  // shared object the wrapper would call libc's in their place.
  NameSet OwnFunctions(const NameSet& names) const {
    NameSet own;
    for (const Input& input : line_.inputs) {
      if (input.language != Language::kLinkerInput) continue;
      absl::string_view name = input.path;
      if (!absl::StartsWith(name, "-")) {
        context_.request.find_definitions(input.path, names, &own);
      } else if (absl::ConsumePrefix(&name, "-l")) {
        // The system's own directories are not the user's.
        for (const std::string& directory : line_.library_dirs) {
          context_.request.find_definitions(
              absl::StrCat(directory, "/lib", name, ".a"), names, &own);
        }
      }
    }
    return own;
  }

  void AddLibraries() {
    // A C++ driver adds its own, and -static-libstdc++ is about that one only.
    if (!context_.request.compiler.cxx || line_.without_libstdcxx) {
      Add({"-lstdc++"});
    }
    Add({"-lm", "-lpthread", "-ldl"});
  }

  const LinkContext& context_;
  const CommandLine& line_;
  std::string* error_;
  std::vector<std::string> flags_;
};

}  // namespace

std::vector<std::string> LinkerFlags(const LinkContext& context,
                                     std::string* error) {
  return Linking(context, error).Flags();
}

}  // namespace kcsan::compiler
