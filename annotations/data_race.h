// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/data_race.h
// -----------------------------------------------------------------------------
// data_race(): "this races, it is known, and any value will do." For any file
// that looks at shared memory without a lock and does not depend on what it
// sees.

#ifndef KCSAN_ANNOTATIONS_DATA_RACE_H_
#define KCSAN_ANNOTATIONS_DATA_RACE_H_

#include "kcsan/annotations/internal/base.h"

// -----------------------------------------------------------------------------
// data_race(expr)
// -----------------------------------------------------------------------------
// The value of `expr`, with the detector looking away while it is evaluated,
// and only then.
//
// Use it for diagnostics and statistics, for a guess that is checked again
// under the lock, for a heuristic that bears any value. Not to make a report go
// away, not in a loop that waits for a change, not for a pointer to follow:
// the compiler is told nothing, and may read twice, once for all, or in halves.
// data_race(READ_ONCE(x)) restrains both.
//
// Example:
//
//   struct Limits {
//     int threads, max_threads;
//   };
//   bool MayFork(const Limits* limits) {
//     // A few too many do no harm; the count itself is kept under a lock.
//     return !data_race(limits->threads >= limits->max_threads);
//   }
//
// expr  any expression: void, a value, an assignment, a call. What it throws
//       passes through. Commas need no parentheses. The result is a copy, made
//       before the detector looks again: a value, never a reference.
//
// Not silenced: other threads. A write in here changes the value under another
// thread's watchpoint, and that thread reports a race of unknown origin.
//
// In every mode it is a statement expression of GNU C++, so it stands only
// inside a function, and not in a constant expression, a default argument or a
// template argument. It must not be left by co_await, which would resume on
// another thread with that one silenced.
//
// Off: the expression.
// ThreadSanitizer: its reads and writes are ignored.
#define KCSAN_DATA_RACE(...)                                          \
  __extension__({                                                     \
    [[maybe_unused]] const ::kcsan::annotation_internal::SilenceScope \
    KCSAN_INTERNAL_UNIQUE_NAME();                                     \
    (__VA_ARGS__);                                                    \
  })

#include "kcsan/annotations/short_names.inc"

#endif  // KCSAN_ANNOTATIONS_DATA_RACE_H_
