// SPDX-License-Identifier: Apache-2.0
//
// What the linker has calls of a wrapped function go to. A program may have a
// function of its own that is called `send`, and takes whatever it likes. So
// the way to it leaves every register and the stack as they are; and it is the
// way until wrap_decide.cc has seen that the function is libc's.

#if defined(__aarch64__)
#define KCSAN_ENTER(name)             \
  adrp x16, .Lis_libc_##name;         \
  ldrb w16, [x16, :lo12:.Lis_libc_##name]; \
  cbnz w16, 1f;                       \
  b __real_##name;                    \
1: b __kcsan_told_##name
#define KCSAN_STORE_ADDRESS(name)       \
  adrp x1, :got:__real_##name;          \
  ldr x1, [x1, :got_lo12:__real_##name]; \
  str x1, [x0], 8
#define KCSAN_LANDING() hint 34
#else
#define KCSAN_ENTER(name)              \
  cmpb $0, .Lis_libc_##name(%rip);     \
  je __real_##name@PLT;                \
  jmp __kcsan_told_##name
#define KCSAN_STORE_ADDRESS(name)       \
  movq __real_##name@GOTPCREL(%rip), %rax; \
  movq %rax, (%rdi);                    \
  addq $8, %rdi
#define KCSAN_LANDING() endbr64
#endif

// The functions, and for each a byte: is it libc's?
#define KCSAN_WRAP(name)            \
  .section .bss.kcsan_wrap, "aw", %nobits; \
.Lis_libc_##name: .skip 1;          \
  .text;                            \
  .globl __wrap_##name;             \
  .type __wrap_##name, %function;   \
  .hidden __kcsan_told_##name;   \
  .balign 16;                       \
__wrap_##name:                      \
  KCSAN_LANDING();                  \
  KCSAN_ENTER(name);                \
  .size __wrap_##name, . - __wrap_##name;

        .section .bss.kcsan_wrap, "aw", %nobits
        .globl __kcsan_is_libc
        .hidden __kcsan_is_libc
        .type __kcsan_is_libc, %object
__kcsan_is_libc:

#include "kcsan/abi/wrapped_symbols.inc"
#undef KCSAN_WRAP

// void __kcsan_wrap_reals(void** out): where each of them is. From the GOT: as a
// word in a table, an address would make the linker give the function another
// one in a program that is not position-independent.
#define KCSAN_WRAP(name) KCSAN_STORE_ADDRESS(name);

        .text
        .globl __kcsan_wrap_reals
        .hidden __kcsan_wrap_reals
        .type __kcsan_wrap_reals, %function
// The same, but for where __real_send is a jump to send: install/real_names.S.
        .weak kcsan_wrap_targets
        .type kcsan_wrap_targets, %function
        .balign 16
__kcsan_wrap_reals:
kcsan_wrap_targets:
        KCSAN_LANDING()
#include "kcsan/abi/wrapped_symbols.inc"
        ret
        .size __kcsan_wrap_reals, . - __kcsan_wrap_reals
        .size kcsan_wrap_targets, . - kcsan_wrap_targets

        .section .note.GNU-stack, "", %progbits
