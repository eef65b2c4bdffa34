// SPDX-License-Identifier: Apache-2.0
//
// Exceptions: through instrumented frames, which are then left without their
// exit being told, and from one thread to another. In the twin two threads
// catch the same exception object and write to it.

#include <exception>
#include <string>

#include "tests/instrumented/support.h"

namespace {

struct Failure : std::exception {
  explicit Failure(int d) : text("failed at depth " + std::to_string(d)) {}
  const char* what() const noexcept override { return text.c_str(); }
  std::string text;
  long seen = 0;
};

struct CountsDown {
  explicit CountsDown(int* d) : depth(d) { ++*depth; }
  ~CountsDown() { --*depth; }
  int* depth;
};

__attribute__((noinline)) int Dive(int* depth, int bottom) {
  CountsDown guard(depth);
  if (*depth == bottom) throw Failure(*depth);
  // Not a tail call.
  return Dive(depth, bottom) + 1;
}

std::string CatchOwn(int bottom) {
  int depth = 0;
  try {
    Dive(&depth, bottom);
  } catch (const std::exception& failure) {
    return std::string(failure.what()) + " " + std::to_string(depth);
  }
  return "";
}

void CatchShared(const std::exception_ptr& shared, bool racy) {
  for (int i = 0; i < 100; ++i) {
    try {
      std::rethrow_exception(shared);
    } catch (Failure& failure) {
      if (racy) ++failure.seen;
      if (failure.text.empty()) std::terminate();
    }
  }
}

}  // namespace

bool Round(bool racy) {
  std::exception_ptr passed[2];
  std::string own[2];
  support::Together(2, [&](int self) {
    for (int i = 1; i < 30; ++i) own[self] = CatchOwn(i);
    try {
      int depth = 0;
      Dive(&depth, 5 + self);
    } catch (...) {
      passed[self] = std::current_exception();
    }
  });
  // Each gets the other's, then both share one; the last to go destroys it.
  support::Together(2, [&](int self) {
    std::exception_ptr mine = std::move(passed[1 - self]);
    CatchShared(mine, false);
  });
  std::exception_ptr shared = std::make_exception_ptr(Failure(0));
  support::Together(2, [&, shared](int) { CatchShared(shared, racy); });
  return own[0] == "failed at depth 29 0" && own[1] == own[0];
}
