// SPDX-License-Identifier: Apache-2.0
//
// A counter that two threads increment. A report ends the program
// (halt_on_error=1); without one it goes on for long.

#include "two_threads.h"

static long counter;

static void* count(void* argument) {
  while (!stopped()) counter++;
  return argument;
}

int main(void) { return run_two(count, 20000000); }
