// SPDX-License-Identifier: Apache-2.0
//
// The tables behind options.h, from the manuals of GCC and Clang.

#include "compiler/options.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"

namespace kcsan::compiler {
namespace {

template <size_t kSize>
bool IsOneOf(absl::string_view word, const absl::string_view (&list)[kSize]) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

}  // namespace

bool TakesNextWord(absl::string_view word) {
  // Options that are also written with the value in the same word are here in
  // the bare form.
  static constexpr absl::string_view kBoth[] = {
      // The drivers'.
      "-o", "-x", "-B", "-T", "-u", "-z", "-e", "-L", "-l", "-A", "-D", "-U",
      "-I", "-F", "-G", "-h", "-R", "-Xlinker", "-Xassembler", "-Xpreprocessor",
      "--param", "-wrapper", "-specs", "-dumpdir", "-dumpbase", "-dumpbase-ext",
      "-aux-info", "-Tbss", "-Tdata", "-Ttext",
      // The preprocessor's.
      "-include", "-imacros", "-isystem", "-idirafter", "-iquote", "-iprefix",
      "-iwithprefix", "-iwithprefixbefore", "-isysroot", "-imultilib",
      "-imultiarch", "-MF", "-MT", "-MQ", "-MJ",
      // Clang's.
      "-Xclang", "-Xanalyzer", "-Xopenmp-target", "-mllvm", "-target", "-arch",
      "-gcc-toolchain", "-include-pch", "-ivfsoverlay", "-cxx-isystem",
      "-stdlib++-isystem", "-iframework", "-iwithsysroot", "-framework",
      "-ftrapv-handler", "-serialize-diagnostics", "--serialize-diagnostics",
      "-dependency-file", "-dependency-dot", "-working-directory",
      "-mthread-model", "-install_name", "-rpath", "-meabi", "-Xcuda-ptxas",
      "-Xcuda-fatbinary", "-fmodules-user-build-path", "-module-dependency-dir",
      "--config",
      // Long names of the above.
      "--output", "--language", "--prefix", "--library-directory", "--sysroot",
      "--assert", "--define-macro", "--undefine-macro", "--include-directory",
      "--include-directory-after", "--include", "--imacros", "--include-prefix",
      "--include-with-prefix", "--include-with-prefix-after",
      "--include-with-prefix-before", "--for-linker", "--for-assembler",
      "--force-link", "--entry", "--dumpbase", "--dumpdir", "--specs"};
  return IsOneOf(word, kBoth) || absl::StartsWith(word, "-Xarch_");
}

bool IsProbe(absl::string_view word) {
  static constexpr absl::string_view kWords[] = {"--version",
                                                 "-dumpversion",
                                                 "-dumpfullversion",
                                                 "-dumpmachine",
                                                 "-dumpspecs",
                                                 "--help",
                                                 "-help",
                                                 "--target-help",
                                                 "--help-hidden",
                                                 "--autocomplete",
                                                 "-cc1",
                                                 "-cc1as",
                                                 "--print-supported-cpus"};
  return IsOneOf(word, kWords) || absl::StartsWith(word, "-print-") ||
         absl::StartsWith(word, "--print-") ||
         absl::StartsWith(word, "--help=") ||
         absl::StartsWith(word, "--autocomplete=");
}

bool IsCompileOnly(absl::string_view word) {
  static constexpr absl::string_view kWords[] = {
      "-c",           "-S",           "-fsyntax-only",
      "--compile",    "--assemble",   "--analyze",
      "-emit-ast",    "--precompile", "-rewrite-objc",
      "-fmodule-only"};
  return IsOneOf(word, kWords);
}

bool IsDebugLevel(absl::string_view word) {
  return (absl::StartsWith(word, "-g") && !absl::StartsWith(word, "-gcc")) ||
         word == "--debug";
}

}  // namespace kcsan::compiler
