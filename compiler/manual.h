// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: compiler/manual.h
// -----------------------------------------------------------------------------
// What --kcsan-help prints.

#ifndef COMPILER_MANUAL_H_
#define COMPILER_MANUAL_H_

#include <cstdio>

namespace kcsan::compiler {

void PrintManual(FILE* file);

}  // namespace kcsan::compiler

#endif  // COMPILER_MANUAL_H_
