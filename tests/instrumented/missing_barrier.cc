// SPDX-License-Identifier: Apache-2.0
//
// What weak_memory=1 is for: everything is in the right order here, but nothing
// says so to the processor. The flag is relaxed in the twin. Without
// weak_memory that is silent, as each access is over before the next begins.

#include <sched.h>

#include <atomic>

#include "tests/instrumented/support.h"

namespace {

struct Message {
  long payload = 0;
  long waited = 0;  // the sender's own
  std::atomic<int> full{0};
};

__attribute__((noinline)) void Send(Message* message, long value, bool racy) {
  message->payload = value;
  message->full.store(
      1, racy ? std::memory_order_relaxed : std::memory_order_release);
  // The write above may still be under way, as long as the function is.
  while (message->full.load(std::memory_order_relaxed) != 0) {
    ++message->waited;
    sched_yield();
  }
}

long Receive(Message* message) {
  while (message->full.load(std::memory_order_acquire) == 0) sched_yield();
  const long value = message->payload;
  message->full.store(0, std::memory_order_release);
  return value;
}

}  // namespace

bool Round(bool racy) {
  Message message;
  long sum = 0;
  support::Together(2, [&](int self) {
    for (int i = 1; i <= 200; ++i) {
      if (self == 0) Send(&message, i, racy);
      if (self == 1) sum += Receive(&message);
    }
  });
  return sum == 100 * 201;
}
