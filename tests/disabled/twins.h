// SPDX-License-Identifier: Apache-2.0
//
// The types of annotated.cc and plain.cc.

#ifndef KCSAN_TESTS_DISABLED_TWINS_H_
#define KCSAN_TESTS_DISABLED_TWINS_H_

#include <stdint.h>

#define FOR_EACH_INTEGER(TWIN) \
  TWIN(char, char)             \
  TWIN(int8_t, s8)             \
  TWIN(uint8_t, u8)            \
  TWIN(int16_t, s16)           \
  TWIN(uint16_t, u16)          \
  TWIN(int32_t, s32)           \
  TWIN(uint32_t, u32)          \
  TWIN(int64_t, s64)           \
  TWIN(uint64_t, u64)

typedef void (*Function)(int);
enum Colour { kRed, kBlue };
struct Large {
  uint64_t words[5];
};
struct __attribute__((packed)) Packed {
  uint8_t pad;
  uint16_t u16;
  uint32_t u32;
  uint64_t u64;
};

// Of members of kcsan::checked<> in the one file, of plain ones in the other.
struct CheckedPair;

#endif  // KCSAN_TESTS_DISABLED_TWINS_H_
