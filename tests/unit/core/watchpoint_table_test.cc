// SPDX-License-Identifier: Apache-2.0
//
// The table of watchpoints: the search against one that looks everywhere, and
// the life of a slot, with one thread and with several.

#include "kcsan/core/watchpoint_table.h"

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <thread>
#include <vector>

#include "doctest/doctest.h"

namespace kcsan {
namespace core {
namespace {

// Arms a watchpoint as the core does; kNoSlot if there was no place.
int Arm(WatchpointTable* table, uintptr_t address, size_t size, bool is_write,
        int32_t owner = 1) {
  const int slot = ReserveSlot(table, address);
  if (slot == kNoSlot) return kNoSlot;
  PublishWatchpoint(table, slot, EncodeWatchpoint(address, size, is_write),
                    owner);
  return slot;
}

bool IsFound(const WatchpointTable& table, uintptr_t address, size_t size,
             bool is_write) {
  uint64_t word = 0;
  return FindWatchpoint(table, address, size, is_write, &word) != kNoSlot;
}

// Looks at all slots.
bool IsAnywhere(const WatchpointTable& table, uintptr_t address, size_t size,
                bool is_write) {
  for (const uint64_t word : table.words) {
    if (Matches(word, address, size, is_write)) return true;
  }
  return false;
}

TEST_CASE("the search finds what a search of all slots finds") {
  std::mt19937_64 random(1);
  int found = 0;
  const int kRounds = 20000;
  for (int round = 0; round < kRounds; ++round) {
    WatchpointTable table = {};
    // Everything within a few pages, or there would be nothing to find. The
    // base moves so that slots wrap.
    const uintptr_t base = (1 + random() % 100) * kPageSize;
    for (int i = 0; i < 3; ++i) {
      const size_t size =
          i == 0 ? 1 + random() % 16 : 1 + random() % size_t{kMaxWatchedSize};
      Arm(&table, base + random() % (6 * kPageSize), size, random() % 2 != 0);
    }
    const size_t size =
        round % 2 ? 1 + random() % 16 : 1 + random() % kMaxEncodableSize;
    const uintptr_t address = base + random() % (8 * kPageSize) - kPageSize;
    const bool is_write = random() % 2 != 0;
    CAPTURE(round);
    CAPTURE(address);
    CAPTURE(size);
    const bool expected = IsAnywhere(table, address, size, is_write);
    REQUIRE(IsFound(table, address, size, is_write) == expected);
    found += expected;
  }
  CHECK(found > kRounds / 10);
  CHECK(found < kRounds * 9 / 10);
}

TEST_CASE("an access larger than the table's pages is compared with all") {
  for (const size_t pages : {60, 61, 62, 63, 64, 65, 200}) {
    const size_t size = pages * kPageSize;
    for (uintptr_t page = 0; page < pages; ++page) {
      WatchpointTable table = {};
      const uintptr_t base = 100 * kPageSize + 8;
      Arm(&table, base + page * kPageSize, 8, true);
      REQUIRE(IsFound(table, base, size, false));
    }
  }
  WatchpointTable table = {};
  Arm(&table, 5000 * kPageSize, 8, true);
  CHECK_FALSE(IsFound(table, 100 * kPageSize, 200 * kPageSize, false));
  CHECK(IsFound(table, 100 * kPageSize, SIZE_MAX, false));
}

TEST_CASE("the search ends at both ends of the address space") {
  WatchpointTable table = {};
  CHECK_FALSE(IsFound(table, 0, 1, true));
  CHECK_FALSE(IsFound(table, 0, 8192, true));
  CHECK_FALSE(IsFound(table, UINTPTR_MAX, 1, true));
  CHECK_FALSE(IsFound(table, UINTPTR_MAX - 7, 8, true));
  CHECK_FALSE(IsFound(table, UINTPTR_MAX - 8191, 8192, true));
  CHECK_FALSE(IsFound(table, UINTPTR_MAX, SIZE_MAX, true));
  const uintptr_t last = UINTPTR_MAX - 7;
  REQUIRE(Arm(&table, last, 8, true) != kNoSlot);
  CHECK(IsFound(table, last, 8, false));
  CHECK(IsFound(table, last + 7, 1, false));
  CHECK_FALSE(IsFound(table, last - 8, 8, false));
}

TEST_CASE("two watchpoints fit on a page, and a third does not") {
  WatchpointTable table = {};
  const uintptr_t page = 7 * kPageSize;
  const int first = Arm(&table, page, 8, true);
  const int second = Arm(&table, page + 64, 8, true);
  CHECK(first == 7);
  CHECK(second == 8);
  CHECK(Arm(&table, page + 128, 8, true) == kNoSlot);
  // The page after has lost one of its two.
  CHECK(Arm(&table, page + kPageSize, 8, true) == 9);
  CHECK(Arm(&table, page + kPageSize, 8, true) == kNoSlot);
  CHECK(IsFound(table, page + kPageSize, 8, true));
}

TEST_CASE("the table is full after 64") {
  WatchpointTable table = {};
  for (uintptr_t page = 1; page <= kNumWatchpoints; ++page) {
    REQUIRE(Arm(&table, page * kPageSize, 8, true) != kNoSlot);
  }
  for (uintptr_t page = 1; page <= 2 * kNumWatchpoints; ++page) {
    REQUIRE(Arm(&table, page * kPageSize, 8, true) == kNoSlot);
  }
  // Each is found, and only by its own.
  for (uintptr_t page = 1; page <= kNumWatchpoints; ++page) {
    REQUIRE(IsFound(table, page * kPageSize, 8, true));
    REQUIRE_FALSE(IsFound(table, page * kPageSize + 8, 8, true));
  }
  ClearTable(&table);
  for (const uint64_t word : table.words) CHECK(word == kInvalidWatchpoint);
}

TEST_CASE("the life of a slot that nobody came to") {
  WatchpointTable table = {};
  const uintptr_t address = 5 * kPageSize + 16;
  const int slot = ReserveSlot(&table, address);
  REQUIRE(slot == 5);
  CHECK(table.words[slot] == kConsumedWatchpoint);
  CHECK_FALSE(IsFound(table, address, 8, true));  // not published
  const uint64_t word = EncodeWatchpoint(address, 8, false);
  PublishWatchpoint(&table, slot, word, 42);
  uint64_t found = 0;
  CHECK(FindWatchpoint(table, address, 8, true, &found) == slot);
  CHECK(found == word);
  CHECK(OwnerOf(table, slot) == 42);
  CHECK(RetireWatchpoint(&table, slot, word) == Retired::kUntouched);
  // Still reserved.
  CHECK_FALSE(IsFound(table, address, 8, true));
  CHECK(table.words[slot] == kConsumedWatchpoint);
  FreeSlot(&table, slot);
  CHECK(table.words[slot] == kInvalidWatchpoint);
  CHECK(ReserveSlot(&table, address) == slot);
}

TEST_CASE("a consumed watchpoint is found no more, and stays reserved") {
  WatchpointTable table = {};
  const uintptr_t address = 5 * kPageSize;
  const int slot = Arm(&table, address, 8, true);
  const uint64_t word = EncodeWatchpoint(address, 8, true);
  CHECK_FALSE(TryConsumeWatchpoint(&table, slot, word + 1));
  CHECK(TryConsumeWatchpoint(&table, slot, word));
  CHECK_FALSE(TryConsumeWatchpoint(&table, slot, word));
  CHECK_FALSE(IsFound(table, address, 8, true));
  CHECK(ReserveSlot(&table, address) == slot + 1);
  CHECK(RetireWatchpoint(&table, slot, word) == Retired::kConsumed);
}

TEST_CASE("a watchpoint that the table lost is gone") {
  WatchpointTable table = {};
  const uintptr_t address = 5 * kPageSize;
  const int slot = Arm(&table, address, 8, true);
  const uint64_t word = EncodeWatchpoint(address, 8, true);
  ClearTable(&table);
  CHECK(RetireWatchpoint(&table, slot, word) == Retired::kGone);
  // Somebody else's by now.
  REQUIRE(Arm(&table, address + 8, 8, true) == slot);
  CHECK(RetireWatchpoint(&table, slot, word) == Retired::kGone);
  CHECK(IsFound(table, address + 8, 8, true));
}

TEST_CASE("of many that find a watchpoint, one consumes it") {
  constexpr int kThreads = 4;
  constexpr int kRounds = 2000;
  WatchpointTable table = {};
  const uintptr_t address = 9 * kPageSize;
  const uint64_t word = EncodeWatchpoint(address, 8, true);
  std::atomic<int> round{0};
  std::atomic<int> tried{0};
  std::atomic<int> consumed{0};
  const auto consumer = [&] {
    for (int mine = 1; mine <= kRounds; ++mine) {
      while (round.load() < mine) std::this_thread::yield();
      uint64_t found = 0;
      const int slot = FindWatchpoint(table, address, 8, false, &found);
      if (slot != kNoSlot && TryConsumeWatchpoint(&table, slot, found)) {
        consumed.fetch_add(1);
      }
      tried.fetch_add(1);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(consumer);
  int rounds_with_one = 0;
  for (int i = 1; i <= kRounds; ++i) {
    const int slot = Arm(&table, address, 8, true);
    consumed.store(0);
    tried.store(0);
    round.store(i);
    while (tried.load() < kThreads) std::this_thread::yield();
    rounds_with_one += consumed.load() == 1;
    if (RetireWatchpoint(&table, slot, word) != Retired::kConsumed) break;
    FreeSlot(&table, slot);
  }
  round.store(kRounds);
  for (std::thread& thread : threads) thread.join();
  CHECK(rounds_with_one == kRounds);
}

TEST_CASE("of many that want a slot, two get one of a page's two") {
  constexpr int kThreads = 4;
  for (int round = 0; round < 200; ++round) {
    WatchpointTable table = {};
    std::atomic<int> ready{0};
    std::atomic<int> reserved{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        ready.fetch_add(1);
        while (ready.load() < kThreads) std::this_thread::yield();
        reserved.fetch_add(ReserveSlot(&table, 3 * kPageSize) != kNoSlot);
      });
    }
    for (std::thread& thread : threads) thread.join();
    REQUIRE(reserved.load() == 2);
  }
}

}  // namespace
}  // namespace core
}  // namespace kcsan
