// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/no_kcsan.h
// -----------------------------------------------------------------------------
// __no_kcsan: an attribute that keeps the compiler from instrumenting one
// function. For code that a detector must not enter: its own callbacks, signal
// handlers in bad places, loops too hot to be slowed down.

#ifndef KCSAN_ANNOTATIONS_NO_KCSAN_H_
#define KCSAN_ANNOTATIONS_NO_KCSAN_H_

#include "kcsan/config.h"

// -----------------------------------------------------------------------------
// __no_kcsan
// -----------------------------------------------------------------------------
// Written before a function's return type. The function's own plain accesses
// are then not told to the detector. Those of functions that it calls are.
//
// Example:
//
//   __no_kcsan unsigned Checksum(const unsigned char* data, unsigned size) {
//     unsigned sum = 0;
//     for (unsigned i = 0; i < size; ++i) sum = sum * 31 + data[i];
//     return sum;
//   }
//
// Not affected: what the source itself tells. READ_ONCE(), claims and
// kcsan_check_read() in such a function do what they do elsewhere. To silence
// those, use data_race() or kcsan_disable_current(). In a program that is
// annotated and not instrumented the attribute therefore means nothing.
//
// As with any access that is not seen, a write in here changes the value under
// another thread's watchpoint: that thread reports a race of unknown origin.
//
// Off, and annotated only: nothing.
// ThreadSanitizer: plain accesses are not instrumented; atomic ones are, since
// they may be what orders others.
#if KCSAN_INTERNAL_IS_INSTRUMENTED() && defined(__clang__)
// Clang's no_sanitize leaves the hooks of atomics and of the function's entry.
#define KCSAN_NO_KCSAN \
  __attribute__((no_sanitize("thread"), disable_sanitizer_instrumentation))
#elif KCSAN_INTERNAL_IS_INSTRUMENTED() || KCSAN_INTERNAL_IS_TSAN()
#define KCSAN_NO_KCSAN __attribute__((no_sanitize("thread")))
#else
#define KCSAN_NO_KCSAN
#endif

#include "kcsan/annotations/short_names.inc"

#endif  // KCSAN_ANNOTATIONS_NO_KCSAN_H_
