// SPDX-License-Identifier: Apache-2.0
//
// The same addresses, mapped and unmapped in turn by several threads: what one
// does there is over when the next one gets it. In the twin two threads have
// the page at a time.

#include <sys/mman.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "tests/instrumented/support.h"

namespace {

constexpr std::size_t kBytes = 4096;
constexpr std::size_t kWords = kBytes / sizeof(long);

// An address of our own, so that nobody else's mapping gets there. Between two
// uses it is a page that must not be accessed.
void* Reserve() {
  return mmap(nullptr, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

// Where the kernel likes: that is often where another thread's page was a
// moment ago. Only the kernel orders the two.
bool UseAnyPage(long seed) {
  long* const words =
      static_cast<long*>(mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  bool right = true;
  for (std::size_t i = 0; i < kWords; i += 8) {
    words[i] += seed;
    Touch(words);
    right = right && words[i] == seed;
  }
  munmap(words, kBytes);
  GoOn();
  return right;
}

bool UsePage(void* at, long seed) {
  long* const words =
      static_cast<long*>(mmap(at, kBytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
  bool right = words == at && words[7] == 0;
  for (std::size_t i = 0; i < kWords; ++i) words[i] += seed;
  Touch(words);
  for (std::size_t i = 0; i < kWords; ++i) right = right && words[i] == seed;
  // Given up with its content, in one of the two ways that programs use.
  if (seed % 2 == 0) madvise(words, kBytes, MADV_DONTNEED);
  if (seed % 2 == 1) {
    mmap(at, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  }
  return right;
}

}  // namespace

bool Round(bool racy) {
  static void* const fixed = Reserve();
  std::mutex mutex;
  std::atomic<bool> right{true};
  support::Together(2, [&](int self) {
    for (int i = 0; i < 20; ++i) {
      if (!UseAnyPage(self + 1)) right = false;
      std::unique_lock<std::mutex> lock(mutex, std::defer_lock);
      if (!racy) lock.lock();
      // Even seeds only in the twin: nothing is unmapped under its feet.
      if (!UsePage(fixed, racy ? 2 : 2 * i + self)) right = false;
    }
  });
  return right;
}
