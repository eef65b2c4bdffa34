// SPDX-License-Identifier: Apache-2.0
//
// The other end of the wrapped functions, for links without --wrap (a program
// that is annotated and not instrumented): __real_memcpy is memcpy. With --wrap
// the linker itself makes it so, and nobody comes here.

#if defined(__aarch64__)
#define KCSAN_JUMP(name) b name
#else
#define KCSAN_JUMP(name) jmp name@PLT
#endif

#define KCSAN_WRAP(name)            \
  .globl __real_##name;             \
  .type __real_##name, %function;   \
  __real_##name: KCSAN_JUMP(name);  \
  .size __real_##name, . - __real_##name;

        .text
#include "kcsan/abi/wrapped_symbols.inc"

        .section .note.GNU-stack, "", %progbits
