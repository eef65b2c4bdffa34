// SPDX-License-Identifier: Apache-2.0
//
// The meeting of two threads: delivered in time, delivered late, never. The
// consumer never waits, and the slot is free again in the end.

#include "kcsan/core/handoff.h"

#include <atomic>
#include <cstdint>
#include <thread>

#include "doctest/doctest.h"
#include "kcsan/core/counters.h"
#include "kcsan/core/hooks.h"
#include "tests/support/fake_clock.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace core {
namespace {

using testing::CounterValue;
using testing::FakeClock;
using testing::RaceHarness;

constexpr uintptr_t kAddress = 0x7000;

// A slot in the state in which its owner and its consumer meet.
int ConsumedSlot(WatchpointTable* table) {
  const int slot = ReserveSlot(table, kAddress);
  const uint64_t word = EncodeWatchpoint(kAddress, 8, true);
  PublishWatchpoint(table, slot, word, 1);
  CHECK(TryConsumeWatchpoint(table, slot, word));
  CHECK(RetireWatchpoint(table, slot, word) == Retired::kConsumed);
  return slot;
}

Check CheckOf(uintptr_t address, size_t size) {
  return Check{{reinterpret_cast<const void*>(address), size,
                KCSAN_ACCESS_WRITE, "text", 0x123},
               0,
               Origin::kCurrent,
               0x123};
}

uint32_t StateOf(int slot) {
  return __atomic_load_n(HandoffWord(slot), __ATOMIC_ACQUIRE);
}

// Counts, and lets time pass.
int g_stalls;
int g_wakes;
const uint32_t* g_woken;
void StallFor(const StallRequest& request) {
  ++g_stalls;
  FakeClock::Advance(request.delay_ns / 2 + 1);
}

class Fixture {
 public:
  Fixture() {
    harness_.SetHooks([](Hooks& hooks) {
      hooks.now_ns = &FakeClock::Now;
      hooks.stall = &StallFor;
      hooks.wake = [](const uint32_t* word) {
        ++g_wakes;
        g_woken = word;
      };
    });
    g_stalls = 0;
    g_wakes = 0;
    g_woken = nullptr;
  }

 private:
  RaceHarness harness_;
};

TEST_CASE("delivered, then taken") {
  Fixture fixture;
  WatchpointTable table = {};
  const int slot = ConsumedSlot(&table);
  CHECK_FALSE(IsDelivered(slot));
  DeliverHandoff(&table, slot, CheckOf(kAddress, 4), false);
  CHECK(IsDelivered(slot));
  CHECK(g_wakes == 1);
  CHECK(g_woken == HandoffWord(slot));

  AccessRecord record = {};
  CHECK(TakeHandoff(&table, slot, &record));
  CHECK(g_stalls == 0);
  CHECK(record.address == kAddress);
  CHECK(record.size == 4);
  CHECK(record.type == KCSAN_ACCESS_WRITE);
  CHECK(record.frames[0] == 0x123);
  CHECK_FALSE(record.in_signal_handler);
  CHECK(StateOf(slot) == kHandoffIdle);
  CHECK(table.words[slot] == kInvalidWatchpoint);
}

TEST_CASE("delivered by a signal handler") {
  Fixture fixture;
  WatchpointTable table = {};
  const int slot = ConsumedSlot(&table);
  DeliverHandoff(&table, slot, CheckOf(kAddress, 4), true);
  AccessRecord record = {};
  CHECK(TakeHandoff(&table, slot, &record));
  CHECK(record.in_signal_handler);
}

TEST_CASE("taken for its own sake") {
  Fixture fixture;
  WatchpointTable table = {};
  const int slot = ConsumedSlot(&table);
  DeliverHandoff(&table, slot, CheckOf(kAddress, 4), false);
  CHECK(TakeHandoff(&table, slot, nullptr));
  CHECK(table.words[slot] == kInvalidWatchpoint);
}

TEST_CASE("given up, then delivered") {
  Fixture fixture;
  WatchpointTable table = {};
  const int slot = ConsumedSlot(&table);
  const uint64_t begin_ns = FakeClock::Now();
  AccessRecord record = {};
  CHECK_FALSE(TakeHandoff(&table, slot, &record));
  CHECK(CounterValue(Counter::lost_handoffs) == 1);
  // After a second, and not much more.
  CHECK(FakeClock::Now() - begin_ns >= 1000000000);
  CHECK(FakeClock::Now() - begin_ns < 2000000000);
  CHECK(StateOf(slot) == kHandoffAbandoned);
  // The record is still the consumer's, so nobody may have the slot.
  CHECK(table.words[slot] == kConsumedWatchpoint);
  CHECK(ReserveSlot(&table, kAddress) != slot);

  DeliverHandoff(&table, slot, CheckOf(kAddress, 4), false);
  CHECK(g_wakes == 0);
  CHECK(StateOf(slot) == kHandoffIdle);
  CHECK(table.words[slot] == kInvalidWatchpoint);
  // And again, from the start.
  CHECK(ConsumedSlot(&table) == slot);
  DeliverHandoff(&table, slot, CheckOf(kAddress, 2), false);
  CHECK(TakeHandoff(&table, slot, &record));
  CHECK(record.size == 2);
}

TEST_CASE("without a clock the wait ends, too") {
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) {
    hooks.now_ns = nullptr;
    hooks.stall = nullptr;
  });
  WatchpointTable table = {};
  const int slot = ConsumedSlot(&table);
  CHECK_FALSE(TakeHandoff(&table, slot, nullptr));
  DeliverHandoff(&table, slot, CheckOf(kAddress, 4), false);
  CHECK(table.words[slot] == kInvalidWatchpoint);
}

TEST_CASE("the wait is on the slot's own word, and says so") {
  Fixture fixture;
  static StallRequest seen;
  Hooks hooks = g_hooks;
  hooks.stall = [](const StallRequest& request) {
    seen = request;
    FakeClock::Advance(request.delay_ns);
  };
  SetHooks(hooks);
  WatchpointTable table = {};
  const int slot = ConsumedSlot(&table);
  CHECK_FALSE(TakeHandoff(&table, slot, nullptr));
  CHECK(seen.is_handoff);
  CHECK(seen.word == HandoffWord(slot));
  CHECK(seen.idle == kHandoffIdle);
  DeliverHandoff(&table, slot, CheckOf(kAddress, 4), false);
}

TEST_CASE("each slot has a word of its own, and a child begins anew") {
  Fixture fixture;
  for (int slot = 1; slot < kNumWatchpoints; ++slot) {
    CHECK(HandoffWord(slot) != HandoffWord(slot - 1));
  }
  WatchpointTable table = {};
  const int slot = ConsumedSlot(&table);
  DeliverHandoff(&table, slot, CheckOf(kAddress, 4), false);
  ClearHandoffs();
  CHECK(StateOf(slot) == kHandoffIdle);
}

// One thread arms, waits and takes with little patience; another consumes and
// delivers. Whatever the order, a record that is taken is whole and of its own
// round, and the slot is there for the next round.
TEST_CASE("no order of giving up and delivering breaks anything") {
  RaceHarness harness;
  harness.SetHooks([](Hooks& hooks) {
    // The clock races, so that patience often ends.
    hooks.now_ns = [] {
      static std::atomic<uint64_t> calls{0};
      return calls.fetch_add(1) * 300000000;
    };
    hooks.stall = [](const StallRequest&) { std::this_thread::yield(); };
  });
  // Until both have happened often; most rounds end before anybody comes.
  constexpr int kEnough = 100;
  constexpr size_t kMaxRounds = 2000000;
  WatchpointTable table = {};
  std::atomic<bool> stop{false};
  std::thread consumer([&] {
    uint64_t word = 0;
    int consumed = 0;
    while (!stop.load()) {
      const int slot = FindWatchpoint(table, kAddress, 1, false, &word);
      if (slot == kNoSlot || !TryConsumeWatchpoint(&table, slot, word)) {
        std::this_thread::yield();
        continue;
      }
      // Late by more or less than the owner's patience, in turn.
      for (int i = 0; i < consumed % 16; ++i) std::this_thread::yield();
      ++consumed;
      // The watched size tells the rounds apart.
      const size_t size = (word & kSizeMask) >> kAddressBits;
      DeliverHandoff(&table, slot, CheckOf(size, size), false);
    }
  });
  int taken = 0;
  int lost = 0;
  int wrong = 0;
  for (size_t round = 1;
       round <= kMaxRounds && (taken < kEnough || lost < kEnough); ++round) {
    const size_t size = round % kMaxEncodableSize + 1;
    int slot = kNoSlot;
    while (slot == kNoSlot) slot = ReserveSlot(&table, kAddress);
    const uint64_t word = EncodeWatchpoint(kAddress, size, true);
    PublishWatchpoint(&table, slot, word, 1);
    if (round % 2 == 0) std::this_thread::yield();
    if (RetireWatchpoint(&table, slot, word) == Retired::kUntouched) {
      FreeSlot(&table, slot);
      continue;
    }
    AccessRecord record = {};
    if (!TakeHandoff(&table, slot, &record)) {
      ++lost;
    } else {
      ++taken;
      wrong += record.address != size || record.size != size;
    }
  }
  stop.store(true);
  consumer.join();
  CHECK(wrong == 0);
  CHECK(taken >= kEnough);
  CHECK(lost >= kEnough);
  CHECK(static_cast<uint64_t>(lost) == CounterValue(Counter::lost_handoffs));
  for (const uint64_t word : table.words) CHECK(word == kInvalidWatchpoint);
}

}  // namespace
}  // namespace core
}  // namespace kcsan
