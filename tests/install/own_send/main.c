// SPDX-License-Identifier: Apache-2.0
//
// A program with a function of its own that is called as one of libc's.

#include <stdio.h>

double send(const char* text, unsigned long size, double a, int b, int c, int d,
            int e, int f, int g);

int main(void) {
  // Read as libc would, the text is nowhere.
  printf("%.2f\n", send((const char*)1, ~0UL >> 20, 15.75, 1, 2, 3, 4, 5, 6));
  return 0;
}
