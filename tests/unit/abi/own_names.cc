// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/abi/own_names.h"

Sums send(double a, double b, int i1, int i2, int i3, int i4, int i5, int i6,
          int i7, long i8) {
  return {a + b, i1 + i2 + i3 + i4 + i5 + i6 + i7 + i8, a, b};
}

double recv(double a) { return a / 2; }

const char* writev(const char* not_parts, int count) {
  return not_parts + count;
}
