// SPDX-License-Identifier: Apache-2.0
//
// A lock-free ring between one producer and one consumer, with acquire and
// release and nothing more. In the twin the ring is taken to be endless.

#include <sched.h>

#include <atomic>
#include <string>

#include "tests/instrumented/support.h"

namespace {

class Ring {
 public:
  bool Push(std::string value, bool racy) {
    const unsigned tail = tail_.load(std::memory_order_relaxed);
    const unsigned head = head_.load(std::memory_order_acquire);
    if (!racy && tail - head == kSlots) return false;
    slots_[tail % kSlots] = Entry{value.size(), std::move(value)};
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  bool Pop(std::size_t* size, bool racy) {
    const unsigned head = head_.load(std::memory_order_relaxed);
    if (!racy && head == tail_.load(std::memory_order_acquire)) return false;
    Entry& entry = slots_[head % kSlots];
    *size = entry.size;
    // The racy twin keeps away from the string, so as not to crash.
    if (!racy) entry.text.clear();
    head_.store(head + 1, std::memory_order_release);
    return true;
  }

 private:
  static constexpr unsigned kSlots = 8;
  struct Entry {
    std::size_t size = 0;
    std::string text;
  };
  alignas(64) std::atomic<unsigned> head_{0};
  alignas(64) std::atomic<unsigned> tail_{0};
  alignas(64) Entry slots_[kSlots];
};

}  // namespace

bool Round(bool racy) {
  constexpr int kItems = 500;
  Ring ring;
  std::size_t sum = 0;
  support::Together(2, [&](int self) {
    for (int i = 0; i < kItems; ++i) {
      std::size_t size = 0;
      if (self == 0) {
        const std::string text(static_cast<unsigned>(i % 40), 'x');
        while (!ring.Push(text, racy)) sched_yield();
      } else {
        while (!ring.Pop(&size, racy)) sched_yield();
        sum += size;
      }
    }
  });
  std::size_t expected = 0;
  for (unsigned i = 0; i < kItems; ++i) expected += i % 40;
  return sum == expected;
}
