// SPDX-License-Identifier: Apache-2.0
//
// Locks that the compiler tells nothing of: one in code that is not
// instrumented (foreign_lock_library.cc, as a third party's library would be),
// and one in assembler.

#include <sched.h>

#include "tests/instrumented/foreign_lock_library.h"
#include "tests/instrumented/support.h"

namespace {

struct AssemblerLock {
  int taken = 0;
  void Lock() {
    int old = 1;
    do {
#if defined(__x86_64__)
      old = 1;
      __asm__ __volatile__("xchgl %0, %1"
                           : "+r"(old), "+m"(taken)
                           :
                           : "memory");
#else
      old = __atomic_exchange_n(&taken, 1, __ATOMIC_ACQUIRE);
#endif
      if (old != 0) sched_yield();
    } while (old != 0);
  }
  void Unlock() {
#if defined(__x86_64__)
    __asm__ __volatile__("movl $0, %0" : "=m"(taken) : : "memory");
#else
    __atomic_store_n(&taken, 0, __ATOMIC_RELEASE);
#endif
  }
};

template <class Lock>
bool CountUnder(bool racy) {
  Lock lock;
  long total = 0;
  support::Together(2, [&](int) {
    for (int i = 0; i < 100; ++i) {
      if (!racy) lock.Lock();
      for (int n = 0; n < 5; ++n) {
        ++total;
        Touch(&total);
      }
      if (!racy) lock.Unlock();
      GoOn();
    }
  });
  return total == 1000;
}

}  // namespace

bool Round(bool racy) {
  const bool right = CountUnder<ForeignLock>(racy);
  return CountUnder<AssemblerLock>(racy) && right;
}
