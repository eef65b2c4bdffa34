// SPDX-License-Identifier: Apache-2.0
//
//   micro hash_map|sort|map|vector|ring
//
// Five loops of the kind that programs are made of, each well under a second
// without a detector. Prints a checksum, which must not depend on the build.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace {

class Random {
 public:
  uint64_t Next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return state_ >> 33;
  }

 private:
  uint64_t state_ = 42;
};

uint64_t HashMap() {
  Random random;
  std::unordered_map<uint64_t, uint64_t> map;
  uint64_t sum = 0;
  for (int i = 0; i < 5000000; ++i) {
    const uint64_t key = random.Next() % 100000;
    map[key] += static_cast<uint64_t>(i);
    const auto it = map.find(random.Next() % 100000);
    if (it != map.end()) sum += it->second;
  }
  return sum;
}

uint64_t Sort() {
  Random random;
  std::vector<uint32_t> values(3000000);
  for (uint32_t& value : values) value = static_cast<uint32_t>(random.Next());
  std::sort(values.begin(), values.end());
  uint64_t sum = 0;
  for (size_t i = 0; i < values.size(); i += 1000) sum = sum * 31 + values[i];
  return sum;
}

uint64_t Map() {
  Random random;
  std::map<std::string, uint64_t> map;
  uint64_t sum = 0;
  for (int i = 0; i < 300000; ++i) {
    map["some/key/" + std::to_string(random.Next() % 20000)] += 1;
    const auto it =
        map.lower_bound("some/key/" + std::to_string(random.Next() % 20000));
    if (it != map.end()) sum += it->second;
  }
  return sum;
}

// Each element depends on others, so that the loop is not turned into vector
// instructions in one build and not in another.
uint64_t Vector() {
  std::vector<uint64_t> values(4096, 1);
  for (int round = 0; round < 40000; ++round) {
    for (size_t i = 1; i < values.size(); ++i) {
      values[i] = (values[i] ^ values[i - 1]) + i;
    }
  }
  return values.back();
}

// One producer, one consumer.
class Ring {
 public:
  bool Push(uint64_t value) {
    const uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_.load(std::memory_order_acquire) == kSlots) return false;
    slots_[tail % kSlots] = value;
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  bool Pop(uint64_t* value) {
    const uint64_t head = head_.load(std::memory_order_relaxed);
    if (tail_.load(std::memory_order_acquire) == head) return false;
    *value = slots_[head % kSlots];
    head_.store(head + 1, std::memory_order_release);
    return true;
  }

 private:
  static constexpr uint64_t kSlots = 1024;
  alignas(64) std::atomic<uint64_t> head_{0};
  alignas(64) std::atomic<uint64_t> tail_{0};
  alignas(64) uint64_t slots_[kSlots] = {};
};

uint64_t RingRun() {
  constexpr uint64_t kItems = 30000000;
  static Ring ring;
  std::thread producer([] {
    for (uint64_t i = 0; i < kItems; ++i) {
      while (!ring.Push(i)) {
        std::this_thread::yield();
      }
    }
  });
  uint64_t sum = 0;
  for (uint64_t i = 0; i < kItems; ++i) {
    uint64_t value = 0;
    while (!ring.Pop(&value)) {
      std::this_thread::yield();
    }
    sum = sum * 31 + value;
  }
  producer.join();
  return sum;
}

const struct {
  const char* name;
  uint64_t (*run)();
} kLoops[] = {
    {"hash_map", HashMap}, {"sort", Sort},    {"map", Map},
    {"vector", Vector},    {"ring", RingRun},
};

}  // namespace

int main(int argc, char** argv) {
  for (const auto& loop : kLoops) {
    if (argc == 2 && strcmp(argv[1], loop.name) == 0) {
      printf("%s %llu\n", loop.name,
             static_cast<unsigned long long>(loop.run()));
      return 0;
    }
  }
  fprintf(stderr, "usage: micro hash_map|sort|map|vector|ring\n");
  return 2;
}
