// SPDX-License-Identifier: Apache-2.0
//
// Single-producer single-consumer rings, annotated throughout. Compiled twice,
// as workloads.cc.

#include <sched.h>

#include <memory>

#include "bench/workloads.h"
#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/once.h"
#include "kcsan/assert/exclusive.h"
#include "kcsan/checks.h"

namespace kcsan {
namespace bench {
namespace KCSAN_BENCH_NAMESPACE {
namespace {

enum : uint32_t { kRingSize = 1024, kRingMask = kRingSize - 1 };

// Both benchmarks share two cores with whatever else runs: who waits for long
// lets others go first.
class Patience {
 public:
  void Wait() {
    if (++tries_ % 1024 == 0) sched_yield();
  }

 private:
  uint32_t tries_ = 0;
};

// A message of some words, as a producer fills it in and a consumer reads it. A
// pointer is one word, a log record or a packet's header a cache line.
template <int kNumItemWords>
struct Message {
  uint64_t words[kNumItemWords];

  void Fill(uint64_t value) {
    for (uint64_t& word : words) word = value++;
  }
  uint64_t Sum() const {
    uint64_t sum = 0;
    for (const uint64_t word : words) sum += word;
    return sum;
  }
};

using Small = Message<1>;
using Large = Message<8>;

// As one would write it: each side looks at the other's index every time. Each
// index has one writer, who reads it plainly. The slots are plain memory that
// the indices hand over, so they are told of: a mistake in the protocol is a
// race on a slot.
template <typename Item>
class PlainRing final : public Ring {
 public:
  void Produce(int64_t count) override {
    Patience patience;
    Item item = {};
    for (int64_t i = 0; i < count;) {
      item.Fill(static_cast<uint64_t>(i));
      if (Push(item)) {
        ++i;
      } else {
        patience.Wait();
      }
    }
  }

  uint64_t Consume(int64_t count) override {
    Patience patience;
    uint64_t sum = 0;
    Item item;
    for (int64_t i = 0; i < count;) {
      if (Pop(&item)) {
        sum += item.Sum();
        ++i;
      } else {
        patience.Wait();
      }
    }
    return sum;
  }

 private:
  bool Push(const Item& item) {
    ASSERT_EXCLUSIVE_WRITER(head_);
    const uint32_t head = head_;
    // Pairs with the release in Pop(): the slot has been read.
    if (head - smp_load_acquire(&tail_) == kRingSize) return false;
    Item* const slot = &slots_[head & kRingMask];
    kcsan_check_write(slot, sizeof(*slot));
    *slot = item;
    smp_store_release(&head_, head + 1);  // pairs with the acquire in Pop()
    return true;
  }

  bool Pop(Item* item) {
    ASSERT_EXCLUSIVE_WRITER(tail_);
    const uint32_t tail = tail_;
    // Pairs with the release in Push(): the slot has been written.
    if (tail == smp_load_acquire(&head_)) return false;
    const Item* const slot = &slots_[tail & kRingMask];
    kcsan_check_read(slot, sizeof(*slot));
    *item = *slot;
    smp_store_release(&tail_, tail + 1);  // pairs with the acquire in Push()
    return true;
  }

  alignas(64) uint32_t head_ = 0;
  alignas(64) uint32_t tail_ = 0;
  alignas(64) Item slots_[kRingSize] = {};
};

// The hard case: each side remembers the other's index and looks again only
// when it must, and the items are small. Little is left but the checks.
class CachedRing final : public Ring {
 public:
  void Produce(int64_t count) override {
    Patience patience;
    uint32_t seen_tail = smp_load_acquire(&tail_);
    for (int64_t i = 0; i < count; ++i) {
      ASSERT_EXCLUSIVE_WRITER(head_);
      const uint32_t head = head_;
      while (head - seen_tail == kRingSize) {
        seen_tail = smp_load_acquire(&tail_);  // pairs with Consume()
        patience.Wait();
      }
      Small* const slot = &slots_[head & kRingMask];
      kcsan_check_write(slot, sizeof(*slot));
      slot->Fill(static_cast<uint64_t>(i));
      smp_store_release(&head_, head + 1);  // pairs with Consume()
    }
  }

  uint64_t Consume(int64_t count) override {
    Patience patience;
    uint64_t sum = 0;
    uint32_t seen_head = smp_load_acquire(&head_);
    for (int64_t i = 0; i < count; ++i) {
      ASSERT_EXCLUSIVE_WRITER(tail_);
      const uint32_t tail = tail_;
      while (tail == seen_head) {
        seen_head = smp_load_acquire(&head_);  // pairs with Produce()
        patience.Wait();
      }
      const Small* const slot = &slots_[tail & kRingMask];
      kcsan_check_read(slot, sizeof(*slot));
      sum += slot->Sum();
      smp_store_release(&tail_, tail + 1);  // pairs with Produce()
    }
    return sum;
  }

 private:
  alignas(64) uint32_t head_ = 0;
  alignas(64) uint32_t tail_ = 0;
  alignas(64) Small slots_[kRingSize] = {};
};

template <typename AnyRing>
std::unique_ptr<Ring> NewRing() {
  return std::make_unique<AnyRing>();
}

}  // namespace

std::vector<RingKind> Rings() {
  return {
      {"64-byte items", &NewRing<PlainRing<Large>>},
      {"8-byte items", &NewRing<PlainRing<Small>>},
      {"8-byte items, cached indices", &NewRing<CachedRing>},
  };
}

}  // namespace KCSAN_BENCH_NAMESPACE
}  // namespace bench
}  // namespace kcsan
