// SPDX-License-Identifier: Apache-2.0
//
// A program of a library.

int run_library(void);

int main(void) { return run_library(); }
