// SPDX-License-Identifier: Apache-2.0
//
// kcsan::SeqCount: what a reader takes for good is of one writer, whole.

#include "kcsan/annotations/seqlock.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "doctest/doctest.h"
#include "kcsan/annotations/once_memcpy.h"

namespace {

// Large enough that a reader and a writer are often at it at the same time.
struct Data {
  std::uint64_t words[64];
};

struct Shared {
  kcsan::SeqCount sequence;
  Data data = {};
};

void Write(Shared* shared, std::uint64_t n) {
  Data data;
  for (std::uint64_t& word : data.words) word = n;
  shared->sequence.WriteBegin();
  once_memcpy_to(&shared->data, &data, sizeof(data));
  shared->sequence.WriteEnd();
}

Data Read(const Shared& shared, int* retries) {
  Data data;
  unsigned sequence;
  *retries = -1;
  do {
    ++*retries;
    sequence = shared.sequence.ReadBegin();
    once_memcpy(&data, &shared.data, sizeof(data));
  } while (shared.sequence.ReadRetry(sequence));
  return data;
}

bool IsWhole(const Data& data) {
  for (const std::uint64_t word : data.words) {
    if (word != data.words[0]) return false;
  }
  return true;
}

TEST_CASE("alone: a reader sees the last write, and a writer in between") {
  Shared shared;
  int retries = 0;
  CHECK(Read(shared, &retries).words[63] == 0);
  CHECK(retries == 0);
  Write(&shared, 7);
  CHECK(Read(shared, &retries).words[63] == 7);
  CHECK(retries == 0);
  const unsigned start = shared.sequence.ReadBegin();
  CHECK_FALSE(shared.sequence.ReadRetry(start));
  Write(&shared, 8);
  CHECK(shared.sequence.ReadRetry(start));
}

TEST_CASE("it lies where a number did") {
  static_assert(sizeof(kcsan::SeqCount) == sizeof(std::uint32_t));
  static_assert(alignof(kcsan::SeqCount) == alignof(std::uint32_t));
}

// Goes on until readers had to retry often, so that they and the writers really
// met, or until patience ends.
TEST_CASE("two writers and two readers") {
  constexpr int kEnoughRetries = 2000;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  Shared shared;
  std::mutex mutex;
  std::atomic<bool> stop{false};
  std::atomic<int> bad{0};
  std::atomic<int> total_retries{0};
  std::uint64_t last_written = 0;
  std::vector<std::thread> threads;
  for (int w = 0; w < 2; ++w) {
    threads.emplace_back([&] {
      while (!stop) {
        const std::lock_guard<std::mutex> lock(mutex);
        Write(&shared, ++last_written);
      }
    });
  }
  for (int r = 0; r < 2; ++r) {
    threads.emplace_back([&] {
      do {
        int retries = 0;
        if (!IsWhole(Read(shared, &retries))) ++bad;
        total_retries += retries;
      } while (total_retries < kEnoughRetries &&
               std::chrono::steady_clock::now() < end);
      stop = true;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(bad == 0);
  int retries = 0;
  CHECK(Read(shared, &retries).words[0] == last_written);
}

}  // namespace
