// SPDX-License-Identifier: Apache-2.0

double send(const char* text, unsigned long size, double a, int b, int c, int d,
            int e, int f, int g) {
  return text != 0 && size != 0 ? a + b + c + d + e + f + g : 0;
}
