// SPDX-License-Identifier: Apache-2.0
//
// What the driver's workload says of buffers that come back damaged, wrongly
// or not at all. The queue here is not a ring: it answers on the spot.

#include "examples/virtio/workload.h"

#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "doctest/doctest.h"
#include "examples/virtio/request.h"
#include "examples/virtio/shared_memory.h"
#include "examples/virtio/wires.h"

namespace virtio {
namespace {

// How the device behaves towards the buffers from number `victim` on.
enum class Fault { kNone, kFlipsBit, kTooShort, kEcho, kBreaks, kKeeps };

class FakeQueue : public DriverQueue {
 public:
  FakeQueue(const SharedMemory& memory, Fault fault, uint32_t victim)
      : memory_(memory), fault_(fault), victim_(victim) {}

  void Add(const Chain& chain, uint32_t cookie) override {
    const bool is_victim = num_added_++ >= victim_;
    Message request = {};
    request.size = static_cast<uint32_t>(
        TotalLength(chain.readable(), chain.num_readable));
    CHECK(memory_.CopyIn(chain.readable(), chain.num_readable, request.bytes,
                         request.size));
    Message response;
    CHECK(MakeResponse(request, &response));
    uint32_t written = response.size;
    if (is_victim) {
      if (fault_ == Fault::kKeeps) return;
      if (fault_ == Fault::kFlipsBit) response.bytes[written - 1] ^= 1;
      if (fault_ == Fault::kTooShort) --written;
      if (fault_ == Fault::kEcho) response = request;
    }
    CHECK(memory_.CopyOut(response.bytes, response.size, chain.writable(),
                          chain.num_writable));
    used_.push_back({cookie, written});
  }

  uint32_t NumFree() const override { return kMaxChainLength; }
  bool NeedsKick() override { return true; }

  Found GetBuf(UsedBuffer* used) override {
    if (fault_ == Fault::kBreaks && num_added_ > victim_) {
      return Broken("broken on purpose");
    }
    if (used_.empty()) return Found::kNothing;
    *used = used_.front();
    used_.pop_front();
    return Found::kBuffer;
  }

  void EnableInterrupts() override { ++num_enabled_; }
  void DisableInterrupts() override {}

  int num_enabled() const { return num_enabled_; }

 private:
  const SharedMemory& memory_;
  const Fault fault_;
  const uint32_t victim_;
  uint32_t num_added_ = 0;
  int num_enabled_ = 0;
  std::deque<UsedBuffer> used_;
};

struct Outcome {
  uint32_t intact;
  std::string message;
  int num_enabled;
};

constexpr uint32_t kNumBuffers = 1000;
constexpr uint32_t kVictim = 900;

Outcome RunWith(Fault fault) {
  const SharedMemory memory = *SharedMemory::Create(RingKind::kSplit, 256);
  WirePair wires = *MakeWires();
  // The device is dead from the start; only who waits for it notices.
  wires.device = Wires();
  FakeQueue queue(memory, fault, kVictim);
  const WorkloadResult result =
      RunWorkload(memory, wires.driver, &queue, kNumBuffers, /*seed=*/3);
  return {result.intact, std::string(result.status.message()),
          queue.num_enabled()};
}

TEST_CASE("all is well") {
  const Outcome outcome = RunWith(Fault::kNone);
  CHECK(outcome.intact == kNumBuffers);
  CHECK(outcome.message.empty());
}

TEST_CASE("a damaged buffer is named, and ends the run") {
  for (const Fault fault : {Fault::kFlipsBit, Fault::kTooShort, Fault::kEcho}) {
    const Outcome outcome = RunWith(fault);
    CHECK(outcome.intact == kVictim);
    CHECK(outcome.message == "buffer 900 came back damaged");
  }
}

TEST_CASE("a broken queue ends the run") {
  const Outcome outcome = RunWith(Fault::kBreaks);
  CHECK(outcome.intact < kVictim + 1);
  CHECK(outcome.message == "broken on purpose");
}

TEST_CASE(
    "a buffer that does not come back is waited for, while there is a "
    "device") {
  const Outcome outcome = RunWith(Fault::kKeeps);
  CHECK(outcome.intact == kVictim);
  CHECK(outcome.message == "the device is gone");
  // It asked to be notified before it went to sleep.
  CHECK(outcome.num_enabled == 1);
}

}  // namespace
}  // namespace virtio
