// SPDX-License-Identifier: Apache-2.0
//
// A block that one thread frees is often the block that another gets next. The
// allocator orders the two, by locks inside libc that nobody sees. realloc()
// also moves blocks. In the twin a block is used after it was freed.

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/instrumented/support.h"

namespace {

constexpr std::size_t kWords = 6;

// Larger than what the allocator keeps for each thread: whoever asks next gets
// it.
constexpr std::size_t kLarge = 200;

bool FillAndCheck(long* words, std::size_t count, long value) {
  for (std::size_t i = 0; i < count; ++i) words[i] = value;
  Touch(words);
  for (std::size_t i = 0; i < count; ++i) {
    if (words[i] != value) return false;
  }
  return true;
}

long* Allocate(std::size_t count) {
  return static_cast<long*>(std::malloc(count * sizeof(long)));
}

bool Churn(long self, std::atomic<long*>* passed) {
  bool right = true;
  long* grown = Allocate(kWords);
  for (long i = 1; i <= 20; ++i) {
    long* const large = Allocate(kLarge);
    for (std::size_t n = 0; n < kLarge; n += 8) {
      large[n] = i;
      Touch(large);
      right = large[n] == i && right;
    }
    std::free(large);
    GoOn();
    // Made here, freed by whoever comes next.
    long* const small = Allocate(kWords);
    right = FillAndCheck(small, kWords, self) && right;
    long* const old = passed->exchange(small, std::memory_order_acq_rel);
    if (old != nullptr) right = old[0] == old[kWords - 1] && right;
    std::free(old);
    // Half of the moves are of a text, by operator new and delete.
    std::string text(static_cast<std::size_t>(10 * i), 'h');
    text.append("eap");
    right = text.back() == 'p' && right;
    grown = static_cast<long*>(
        std::realloc(grown, kWords * static_cast<std::size_t>(i) * 8));
    right = FillAndCheck(grown, kWords, i) && right;
  }
  std::free(grown);
  return right;
}

}  // namespace

bool Round(bool racy) {
  // One heap for all threads.
  mallopt(M_ARENA_MAX, 1);
  std::atomic<long*> passed{nullptr};
  bool right[2] = {};
  long* const dangling = Allocate(kWords);
  support::Together(2, [&](int self) {
    right[self] = Churn(self, &passed);
    // "Used after it was freed", with a free() that does not crash: both take
    // the block for theirs.
    for (int i = 0; racy && i < 50; ++i) FillAndCheck(dangling, kWords, self);
  });
  std::free(dangling);
  std::free(passed.load());
  return right[0] && right[1];
}
