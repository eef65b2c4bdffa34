// SPDX-License-Identifier: Apache-2.0
//
// Accesses that the source does not have. An optimiser likes to read a variable
// before the loop, once, also where the loop then does not use it. Harmless on
// the machine, and a false alarm here: so instrumented files are compiled
// without that (bazel/instrument.bzl). In the twin the reader does use it.

#include <atomic>

#include "tests/instrumented/support.h"

namespace {

constexpr int kLength = 8;

// Belongs to the thread that is told so.
long g_owned;

__attribute__((noinline)) long ReadIfOwner(const int* is_owner) {
  long sum = 0;
  for (int i = 0; i < kLength; ++i) {
    if (is_owner[i] != 0) sum += g_owned;
  }
  return sum;
}

__attribute__((noinline)) void CountIfOwner(bool is_owner, int length) {
  for (int i = 0; i < length; ++i) {
    if (is_owner) ++g_owned;
  }
}

long g_each[2];

__attribute__((noinline)) long ReadEither(bool first) {
#if defined(__clang__)
  // Of two variables whose addresses it knows, Clang reads both, and no flag
  // keeps it from that.
  return g_each[first ? 0 : 1];
#else
  return first ? g_each[0] : g_each[1];
#endif
}

struct Node {
  Node* left;
  Node* right;
  long key;
};

// Both children are in one cache line: why not read both?
__attribute__((noinline)) const Node* Find(const Node* node, long key) {
  while (node != nullptr && node->key != key) {
    if (key < node->key) {
      node = node->left;
    } else {
      node = node->right;
    }
  }
  return node;
}

}  // namespace

bool Round(bool racy) {
  g_owned = 0;
  std::atomic<bool> right{true};
  Node leaf{nullptr, nullptr, 7}, root{nullptr, &leaf, 5};
  support::Together(2, [&](int self) {
    const int is_owner[kLength] = {self == 0 || racy};
    int length = kLength;
    for (int i = 0; i < 200; ++i) {
      Touch(&length);  // not a constant, or there would be no loop
      CountIfOwner(self == 0 || racy, length);
      if (ReadIfOwner(is_owner) != 0 && self != 0 && !racy) right = false;
      ++g_each[self];
      if (ReadEither(self == 0) == 0) right = false;
      // The left child is one thread's, the right one everybody's.
      if (self == 0) root.left = i % 2 == 0 ? &leaf : nullptr;
      if (Find(&root, 7) != &leaf) right = false;
    }
  });
  return right && (racy || g_owned == 200L * kLength);
}
