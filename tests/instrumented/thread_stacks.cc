// SPDX-License-Identifier: Apache-2.0
//
// Many threads that live for a moment: each runs on the stack, and in the
// thread-local block, of one that has just ended. The next owner of memory is
// not a race with the last. In the twin a thread leaves its stack to another
// while it still uses it.

#include <sched.h>

#include <numeric>
#include <thread>

#include "tests/instrumented/support.h"

namespace {

thread_local long t_used[16];

// Touches a good part of its stack.
long Work(long seed) {
  long stack[256];
  for (unsigned i = 0; i < 256; ++i) stack[i] = seed;
  Touch(stack);
  for (long& word : t_used) word += seed;
  long sum = 0;
  for (unsigned i = 0; i < 256; ++i) sum += stack[i];
  return sum / 256;
}

// Not inlined: where Clang 14 sees the array itself, it takes its elements for
// the owner's own.
__attribute__((noinline)) void Fill(long* words) {
  for (int turn = 0; turn < 20; ++turn) {
    std::iota(words, words + 64, turn);
    Touch(words);
  }
}

}  // namespace

bool Round(bool racy) {
  bool right = true;
  support::Together(2, [&](int self) {
    for (int i = 0; i < 10; ++i) {
      long results[2] = {};
      std::thread joined([&] { results[0] = Work(self + 1); });
      joined.join();
      // A detached one may still be on its way out when the next one starts.
      long done = 0;
      std::thread([&done, self] {
        Work(self + 7);
        __atomic_store_n(&done, 1, __ATOMIC_RELEASE);
      }).detach();
      while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) == 0) sched_yield();
      if (results[0] != self + 1) __atomic_store_n(&right, false, 0);
    }
  });
  if (racy) {
    std::thread owner([] {
      long words[64];
      std::thread guest(Fill, words);
      Fill(words);
      guest.join();
    });
    owner.join();
  }
  return right;
}
