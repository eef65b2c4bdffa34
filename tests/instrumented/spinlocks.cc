// SPDX-License-Identifier: Apache-2.0
//
// Locks that programs write by hand, out of nothing but atomics: exchange,
// test-and-test-and-set, ticket, and MCS. Nobody told the detector of them.

#include <sched.h>

#include <atomic>

#include "tests/instrumented/support.h"

namespace {

struct ExchangeLock {
  std::atomic<bool> taken{false};
  void Lock() {
    while (taken.exchange(true, std::memory_order_acquire)) sched_yield();
  }
  void Unlock() { taken.store(false, std::memory_order_release); }
};

struct TestFirstLock {
  std::atomic_flag taken = ATOMIC_FLAG_INIT;
  std::atomic<bool> hint{false};
  void Lock() {
    while (hint.load(std::memory_order_relaxed) ||
           taken.test_and_set(std::memory_order_acquire)) {
      sched_yield();
    }
    hint.store(true, std::memory_order_relaxed);
  }
  void Unlock() {
    hint.store(false, std::memory_order_relaxed);
    taken.clear(std::memory_order_release);
  }
};

struct TicketLock {
  std::atomic<unsigned> next{0}, serving{0};
  void Lock() {
    const unsigned mine = next.fetch_add(1, std::memory_order_relaxed);
    while (serving.load(std::memory_order_acquire) != mine) sched_yield();
  }
  // Only the owner writes it: no read-modify-write is needed.
  void Unlock() {
    serving.store(serving.load(std::memory_order_relaxed) + 1,
                  std::memory_order_release);
  }
};

struct McsLock {
  struct Node {
    std::atomic<Node*> next{nullptr};
    std::atomic<bool> wait{true};
  };
  std::atomic<Node*> tail{nullptr};
  static thread_local Node* node;

  void Lock() {
    node = new Node;
    Node* const before = tail.exchange(node, std::memory_order_acq_rel);
    if (before == nullptr) return;
    before->next.store(node, std::memory_order_release);
    while (node->wait.load(std::memory_order_acquire)) sched_yield();
  }
  void Unlock() {
    Node* self = node;
    if (!tail.compare_exchange_strong(self, nullptr,
                                      std::memory_order_release)) {
      Node* after = nullptr;
      while ((after = node->next.load(std::memory_order_acquire)) == nullptr) {
        sched_yield();
      }
      after->wait.store(false, std::memory_order_release);
    }
    delete node;
  }
};

thread_local McsLock::Node* McsLock::node;

template <class Lock>
bool CountUnder(bool racy) {
  Lock lock;
  long guarded[3] = {};
  support::Together(2, [&](int) {
    for (int i = 0; i < 200; ++i) {
      if (!racy) lock.Lock();
      for (long& value : guarded) ++value;
      Touch(guarded);
      if (!racy) lock.Unlock();
    }
  });
  return guarded[0] == 400 && guarded[2] == 400;
}

}  // namespace

bool Round(bool racy) {
  bool right = CountUnder<ExchangeLock>(racy);
  right = CountUnder<TestFirstLock>(racy) && right;
  right = CountUnder<TicketLock>(racy) && right;
  return CountUnder<McsLock>(racy) && right;
}
