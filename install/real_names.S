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

#undef KCSAN_WRAP

// void kcsan_wrap_targets(void** out): where each of them leads. Takes the
// place of the one in kcsan/abi/wrap_entry.S.
#if defined(__aarch64__)
#define KCSAN_WRAP(name)            \
  adrp x1, :got:name;               \
  ldr x1, [x1, :got_lo12:name];     \
  str x1, [x0], 8;
#else
#define KCSAN_WRAP(name)            \
  movq name@GOTPCREL(%rip), %rax;   \
  movq %rax, (%rdi);                \
  addq $8, %rdi;
#endif

        .globl kcsan_wrap_targets
        .type kcsan_wrap_targets, %function
kcsan_wrap_targets:
#include "kcsan/abi/wrapped_symbols.inc"
        ret
        .size kcsan_wrap_targets, . - kcsan_wrap_targets

        .section .note.GNU-stack, "", %progbits
