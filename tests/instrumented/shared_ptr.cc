// SPDX-License-Identifier: Apache-2.0
//
// Reference counts, which decide who destroys, and virtual destructors, which
// change the object's table pointer on the way. The twin counts by hand,
// without atomics.

#include <atomic>
#include <memory>
#include <string>

#include "tests/instrumented/support.h"

namespace {

std::atomic<int> g_alive{0};

struct Base {
  Base() { g_alive.fetch_add(1); }
  virtual ~Base() { g_alive.fetch_sub(1); }
  virtual long Value() const = 0;
};

struct Middle : Base {
  ~Middle() override { text.assign("gone"); }
  std::string text = "a text too long to be stored in place";
};

struct Leaf final : Middle {
  explicit Leaf(long v) : value(v) {}
  ~Leaf() override { value = -1; }
  long Value() const override { return value + static_cast<long>(text.size()); }
  long value;
};

// The count by hand. It starts high and is never the reason to delete.
struct Counted {
  Leaf leaf{1};
  long uses = 1000000;
};

bool UseShared(std::shared_ptr<Base> own, const std::weak_ptr<Base>& weak) {
  bool right = true;
  for (int i = 0; i < 20; ++i) {
    std::shared_ptr<Base> copy = own, other;
    if (i == 10) own.swap(copy);
    other = weak.lock();
    right = right && copy->Value() == 7 + 37 && other.get() == copy.get();
  }
  return right;
}

}  // namespace

bool Round(bool racy) {
  std::atomic<bool> right{true};
  for (int i = 0; i < 5; ++i) {
    std::shared_ptr<Base> shared = std::make_shared<Leaf>(7);
    const std::weak_ptr<Base> weak = shared;
    std::shared_ptr<Base> given[3] = {shared, shared, std::move(shared)};
    std::atomic<Base*> handed_over{nullptr};
    Counted counted;
    support::Together(3, [&](int self) {
      if (!UseShared(std::move(given[self]), weak)) right = false;
      // From one thread to another through an atomic; the last one deletes.
      delete handed_over.exchange(new Leaf(self), std::memory_order_acq_rel);
      for (int n = 0; racy && n < 50; ++n) {
        ++counted.uses;
        Touch(&counted);
      }
    });
    delete handed_over.load(std::memory_order_acquire);
    if (!weak.expired()) right = false;
  }
  return right && g_alive == 0;
}
