// SPDX-License-Identifier: Apache-2.0
//
// What the docs' snippets may take as given, so that they can be as short as a
// reader wants them.

#ifndef TESTS_DOCS_PRELUDE_H_
#define TESTS_DOCS_PRELUDE_H_

#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "kcsan/kcsan.h"

struct Queue {
  bool stop;
};

struct Account {
  absl::Mutex mutex;
  long balance;
};

inline Queue* queue;
inline long n, limit;

#endif  // TESTS_DOCS_PRELUDE_H_
