// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: compiler/object_symbols.h
// -----------------------------------------------------------------------------
// Which functions an object file or an archive defines. A program with a
// function of its own that is called `send` must not have its calls taken for
// those of libc's.

#ifndef COMPILER_OBJECT_SYMBOLS_H_
#define COMPILER_OBJECT_SYMBOLS_H_

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace kcsan::compiler {

using NameSet = std::set<std::string, std::less<>>;

// Adds to *found those of `names` that `file` defines and shows to other files:
// by the symbol table of a 64-bit ELF object, by the index of an archive (also
// of a thin one). Anything else defines nothing: LLVM's bitcode, and GCC's
// without machine code beside it (-flto).
void FindDefinitions(std::string_view file, const NameSet& names,
                     NameSet* found);

}  // namespace kcsan::compiler

#endif  // COMPILER_OBJECT_SYMBOLS_H_
