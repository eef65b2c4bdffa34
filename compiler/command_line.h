// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: compiler/command_line.h
// -----------------------------------------------------------------------------
// What a compiler's command line asks for, as far as the wrapper has to know:
// which inputs, in which language, how far to go, and what kind of link. It
// follows the drivers of GCC and Clang; where they differ, an option of either
// is understood.

#ifndef COMPILER_COMMAND_LINE_H_
#define COMPILER_COMMAND_LINE_H_

#include <string>
#include <vector>

namespace kcsan::compiler {

enum class Language {
  kLinkerInput,      // an object, a library, or an unknown suffix
  kSource,           // C, C++ and their Objective siblings
  kPreprocessed,     // .i, .ii: the defines have been and gone
  kHeader,           // becomes a precompiled header
  kAssembler,        // .s
  kAssemblerSource,  // .S: through the preprocessor first
  kOther,            // compiled, but by no compiler that we know
};

// How far the driver goes.
enum class Phase { kPreprocess, kCompile, kLink };

struct Input {
  std::string path;
  Language language;
};

struct CommandLine {
  std::vector<Input> inputs;
  Phase phase = Phase::kLink;

  // It asks the compiler about itself (--version, -print-*): not one of its
  // words may change.
  bool is_probe = false;

  bool debug_level_given = false;       // any -g, also -g0
  bool link_time_optimisation = false;  // -flto
  bool freestanding = false;
  bool other_word_size = false;     // -m32, -mx32
  bool thread_hooks_given = false;  // the -mllvm options stand there already

  // As -fsanitize= and -fno-sanitize= leave it.
  bool thread_disabled = false;
  std::string conflicting_sanitizer;  // empty: none

  bool relocatable = false;    // -r
  bool shared = false;         // -shared
  bool own_libraries = false;  // -nostdlib, -nodefaultlibs, -nostartfiles
  bool no_undefined = false;   // -z defs
  bool static_link = false;    // -static, -static-pie
  // The C++ driver adds no libstdc++ (-stdlib=libc++, -nostdlib++).
  bool without_libstdcxx = false;

  std::vector<std::string> library_dirs;  // -L
  std::vector<std::string> ignorelists;   // -fsanitize-ignorelist=

  // Something will be linked (the phase alone does not say so: a header alone
  // is precompiled).
  bool Links() const;
  // A program that brings its own libraries: nothing there has the hooks.
  bool LinksWithoutRuntime() const;
  // Some input has one of these languages.
  bool HasLanguage(Language language) const;
};

// `words` are the arguments after the compiler's name, response files expanded.
CommandLine ReadCommandLine(const std::vector<std::string>& words);

}  // namespace kcsan::compiler

#endif  // COMPILER_COMMAND_LINE_H_
