// SPDX-License-Identifier: Apache-2.0
//
// A lock and a gate made of the futex system call, which no library function
// that could be intercepted goes through.

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>

#include "tests/instrumented/support.h"

namespace {

using Word = std::atomic<int>;

void Wait(Word* word, int value) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
}
void Wake(Word* word, int count) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

// 0 free, 1 taken, 2 taken and somebody sleeps.
class Lock {
 public:
  void Take() {
    int seen = 0;
    if (word_.compare_exchange_strong(seen, 1, std::memory_order_acquire)) {
      return;
    }
    while (word_.exchange(2, std::memory_order_acquire) != 0) Wait(&word_, 2);
  }
  void Release() {
    if (word_.exchange(0, std::memory_order_release) == 2) Wake(&word_, 1);
  }

 private:
  Word word_{0};
};

struct Gate {
  Word open{0};
  void Pass() {
    while (open.load(std::memory_order_acquire) == 0) Wait(&open, 0);
  }
  void Open() {
    open.store(1, std::memory_order_release);
    Wake(&open, INT_MAX);
  }
};

}  // namespace

bool Round(bool racy) {
  Lock lock;
  Gate gate;
  long prepared[8] = {}, total = 0;
  bool right[3] = {true, true, true};
  support::Together(3, [&](int self) {
    if (self == 0) {
      for (long& value : prepared) value = 7;
      gate.Open();
    } else if (!racy) {
      gate.Pass();
      for (const long value : prepared) right[self] &= value == 7;
    }
    for (int i = 0; i < 100; ++i) {
      if (!racy) lock.Take();
      for (int n = 0; n < 5; ++n) {
        ++total;
        Touch(&total);
      }
      if (!racy) lock.Release();
    }
  });
  return total == 1500 && right[1] && right[2];
}
