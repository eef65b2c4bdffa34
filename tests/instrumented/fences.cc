// SPDX-License-Identifier: Apache-2.0
//
// Synchronisation by atomic_thread_fence(): the flags themselves are relaxed.
// ThreadSanitizer does not follow fences, and reports all of this.

#include <sched.h>

#include <atomic>

#include "tests/instrumented/support.h"

namespace {

struct Message {
  long payload[4] = {};
  std::atomic<int> full{0};
};

void Send(Message* message, long value, bool racy) {
  if (!racy) {
    while (message->full.load(std::memory_order_relaxed) != 0) sched_yield();
    std::atomic_thread_fence(std::memory_order_acquire);
  }
  for (long& word : message->payload) word = value;
  std::atomic_thread_fence(std::memory_order_release);
  message->full.store(1, std::memory_order_relaxed);
}

long Receive(Message* message, bool racy) {
  if (!racy) {
    while (message->full.load(std::memory_order_relaxed) == 0) sched_yield();
    std::atomic_thread_fence(std::memory_order_acquire);
  }
  long sum = 0;
  for (const long word : message->payload) sum += word;
  std::atomic_thread_fence(std::memory_order_release);
  message->full.store(0, std::memory_order_relaxed);
  return sum;
}

// Dekker's way: each raises its flag, then looks at the other's. Only a full
// fence between the two makes at most one of them go in.
struct Dekker {
  std::atomic<int> raised[2] = {};
  bool TryEnter(int self) {
    raised[self].store(1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (raised[1 - self].load(std::memory_order_relaxed) == 0) {
      std::atomic_thread_fence(std::memory_order_acquire);
      return true;
    }
    raised[self].store(0, std::memory_order_relaxed);
    return false;
  }
  void Leave(int self) {
    std::atomic_thread_fence(std::memory_order_release);
    raised[self].store(0, std::memory_order_relaxed);
  }
};

}  // namespace

bool Round(bool racy) {
  constexpr int kMessages = 200;
  Message message;
  long sum = 0;
  Dekker dekker;
  long inside = 0, entered[2] = {};
  support::Together(2, [&](int self) {
    for (int i = 1; i <= kMessages; ++i) {
      if (self == 0) Send(&message, i, racy);
      if (self == 1) sum += Receive(&message, racy);
      if (racy || dekker.TryEnter(self)) {
        ++inside;
        ++entered[self];
        dekker.Leave(self);
      }
    }
  });
  return sum == 4L * kMessages * (kMessages + 1) / 2 &&
         inside == entered[0] + entered[1];
}
