// SPDX-License-Identifier: Apache-2.0
//
// The main() of every doctest binary in this repository. It is compiled once,
// because doctest's implementation takes longer to compile than most tests.

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "doctest/doctest.h"
