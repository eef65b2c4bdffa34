// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: kcsan/config.h
// -----------------------------------------------------------------------------
// Decides, for one translation unit, what the annotations turn into. Every
// public header of this library starts here. It is C and C++.
//
// A user sets at most two switches, both on the compiler's command line:
//
//   KCSAN_ENABLED       1: the detector is linked in. Unset or 0: it is not.
//   KCSAN_INSTRUMENTED  1: this file is compiled with the -fsanitize=thread
//                       hooks into *our* runtime. Set by the compiler wrappers,
//                       never by hand.
//
// From these follows KCSAN_INTERNAL_MODE, one of
//
//   KCSAN_INTERNAL_MODE_OFF           annotations are the bare accesses
//   KCSAN_INTERNAL_MODE_RUNTIME       annotations call the runtime
//   KCSAN_INTERNAL_MODE_INSTRUMENTED  as RUNTIME, and the compiler tells the
//                                     runtime about all other accesses
//   KCSAN_INTERNAL_MODE_TSAN          this is a build for real ThreadSanitizer:
//                                     annotations speak to libtsan
//
// __SANITIZE_THREAD__ alone does not say which of the last two it is: both are
// compiled with -fsanitize=thread. KCSAN_ENABLED does.
//
// A program may mix files of different modes. Inline code whose body depends on
// the mode therefore lives in the inline namespace KCSAN_INTERNAL_MODE_TAG, so
// that two bodies never share one name (ODR).

#ifndef KCSAN_CONFIG_H_
#define KCSAN_CONFIG_H_

#if !defined(__GNUC__)
#error "kcsan needs GCC or Clang (statement expressions, __atomic builtins)."
#endif

#if !defined(__LP64__)
#error \
    "kcsan needs a 64-bit target: a watchpoint is encoded in one 64-bit word."
#endif

#if defined(__cplusplus) && __cplusplus < 201703L
#error "kcsan needs C++17: compile with -std=c++17 or newer."
#endif

#ifndef KCSAN_ENABLED
#define KCSAN_ENABLED 0
#endif

#ifndef KCSAN_INSTRUMENTED
#define KCSAN_INSTRUMENTED 0
#endif

#if KCSAN_INSTRUMENTED && !KCSAN_ENABLED
#error "KCSAN_INSTRUMENTED=1 needs KCSAN_ENABLED=1."
#endif

// Function-like, so that a misspelt name is an error and not a silent 0.
#if defined(__SANITIZE_THREAD__)
#define KCSAN_INTERNAL_SANITIZE_THREAD() 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define KCSAN_INTERNAL_SANITIZE_THREAD() 1
#else
#define KCSAN_INTERNAL_SANITIZE_THREAD() 0
#endif
#else
#define KCSAN_INTERNAL_SANITIZE_THREAD() 0
#endif

#define KCSAN_INTERNAL_MODE_OFF 0
#define KCSAN_INTERNAL_MODE_RUNTIME 1
#define KCSAN_INTERNAL_MODE_INSTRUMENTED 2
#define KCSAN_INTERNAL_MODE_TSAN 3

#if KCSAN_INSTRUMENTED
#define KCSAN_INTERNAL_MODE KCSAN_INTERNAL_MODE_INSTRUMENTED
#define KCSAN_INTERNAL_MODE_TAG mode_instrumented
#elif KCSAN_ENABLED
#define KCSAN_INTERNAL_MODE KCSAN_INTERNAL_MODE_RUNTIME
#define KCSAN_INTERNAL_MODE_TAG mode_runtime
#elif KCSAN_INTERNAL_SANITIZE_THREAD()
#define KCSAN_INTERNAL_MODE KCSAN_INTERNAL_MODE_TSAN
#define KCSAN_INTERNAL_MODE_TAG mode_tsan
#else
#define KCSAN_INTERNAL_MODE KCSAN_INTERNAL_MODE_OFF
#define KCSAN_INTERNAL_MODE_TAG mode_off
#endif

// 1 where the runtime is there to be called.
#define KCSAN_INTERNAL_HAS_RUNTIME()                     \
  (KCSAN_INTERNAL_MODE == KCSAN_INTERNAL_MODE_RUNTIME || \
   KCSAN_INTERNAL_MODE == KCSAN_INTERNAL_MODE_INSTRUMENTED)

#define KCSAN_INTERNAL_IS_TSAN() \
  (KCSAN_INTERNAL_MODE == KCSAN_INTERNAL_MODE_TSAN)

#define KCSAN_INTERNAL_IS_INSTRUMENTED() \
  (KCSAN_INTERNAL_MODE == KCSAN_INTERNAL_MODE_INSTRUMENTED)

// The source text an annotation carries into a report: three C strings in one
// literal, "expression\0file\0line". One pointer to pass on the cold path, no
// static object (legal in any inline function), merged by the linker.
#define KCSAN_INTERNAL_STRINGIZE_(x) #x
#define KCSAN_INTERNAL_STRINGIZE(x) KCSAN_INTERNAL_STRINGIZE_(x)
#define KCSAN_INTERNAL_SITE(text) \
  text "\0" __FILE__ "\0" KCSAN_INTERNAL_STRINGIZE(__LINE__)

#endif  // KCSAN_CONFIG_H_
