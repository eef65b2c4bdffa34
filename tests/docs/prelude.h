// SPDX-License-Identifier: Apache-2.0
//
// What the docs' snippets may take as given, so that they can be as short as a
// reader wants them.

#ifndef TESTS_DOCS_PRELUDE_H_
#define TESTS_DOCS_PRELUDE_H_

#include <cstdint>
#include <cstdio>
#include <iostream>
#include <mutex>
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

struct MyAtomic {
  int value;
};

inline Queue* queue;
inline long n, limit;
inline unsigned flags;
inline std::string flag_value;
constexpr unsigned kOwnedBits = 0x0f;

void DumpEverythingWithoutLocks();
void RaceOnPurpose();

// Of whatever the reader logs and tests with.
#define LOG(severity) std::cerr
#define CHECK(condition) static_cast<void>(condition)

#endif  // TESTS_DOCS_PRELUDE_H_
