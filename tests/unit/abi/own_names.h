// SPDX-License-Identifier: Apache-2.0
//
// A program's own functions, with names that libc uses for others.

#ifndef KCSAN_TESTS_UNIT_ABI_OWN_NAMES_H_
#define KCSAN_TESTS_UNIT_ABI_OWN_NAMES_H_

struct Sums {
  double of_doubles;
  long of_integers;
  double a, b;
};

extern "C" {

Sums send(double a, double b, int i1, int i2, int i3, int i4, int i5, int i6,
          int i7, long i8);
double recv(double a);
const char* writev(const char* not_parts, int count);

}  // extern "C"

#endif  // KCSAN_TESTS_UNIT_ABI_OWN_NAMES_H_
