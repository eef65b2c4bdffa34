// SPDX-License-Identifier: Apache-2.0
//
// The two sides of both rings, driven step by step from one thread: order of
// use, wrapping, notification suppression.

#include <cstdint>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "examples/virtio/packed_device.h"
#include "examples/virtio/packed_driver.h"
#include "examples/virtio/shared_memory.h"
#include "examples/virtio/split_device.h"
#include "examples/virtio/split_driver.h"
#include "kcsan/annotations/virtio.h"
#include "kcsan/annotations/virtio_ring_layout.h"

namespace virtio {
namespace {

struct Split {
  using Driver = SplitDriver;
  using Device = SplitDevice;
  static constexpr RingKind kRing = RingKind::kSplit;
  static constexpr uint32_t kSize = 8;
};

struct Packed {
  using Driver = PackedDriver;
  using Device = PackedDevice;
  static constexpr RingKind kRing = RingKind::kPacked;
  // Not a power of two, nor a multiple of the chains below.
  static constexpr uint32_t kSize = 7;
};

template <typename Ring>
struct Queue {
  SharedMemory memory = *SharedMemory::Create(Ring::kRing, Ring::kSize);
  typename Ring::Driver driver{memory, Mark::kVirtioRead};
  typename Ring::Device device{memory};
};

// One readable and one writable element, whose addresses tell them apart.
Chain TestChain(uint64_t number) {
  return {{{number, 10}, {number + 1000, 20}}, 1, 1};
}

TEST_CASE_TEMPLATE("a buffer goes there and back", Ring, Split, Packed) {
  Queue<Ring> queue;
  DeviceBuffer buffer;
  UsedBuffer used;
  CHECK(queue.device.Pop(&buffer) == Found::kNothing);
  CHECK(queue.driver.GetBuf(&used) == Found::kNothing);

  queue.driver.Add({{{1, 2}, {3, 4}, {5, 6}}, 2, 1}, /*cookie=*/77);
  CHECK(queue.driver.NumFree() == Ring::kSize - 3);
  CHECK(queue.driver.GetBuf(&used) == Found::kNothing);
  REQUIRE(queue.device.Pop(&buffer) == Found::kBuffer);
  CHECK(queue.device.Pop(&buffer) == Found::kNothing);
  REQUIRE(buffer.chain.num_readable == 2);
  REQUIRE(buffer.chain.num_writable == 1);
  CHECK(buffer.chain.readable()[0].address == 1);
  CHECK(buffer.chain.readable()[0].length == 2);
  CHECK(buffer.chain.readable()[1].address == 3);
  CHECK(buffer.chain.readable()[1].length == 4);
  CHECK(buffer.chain.writable()[0].address == 5);
  CHECK(buffer.chain.writable()[0].length == 6);

  queue.device.Push(buffer, 6);
  REQUIRE(queue.driver.GetBuf(&used) == Found::kBuffer);
  CHECK(used.cookie == 77);
  CHECK(used.written == 6);
  CHECK(queue.driver.NumFree() == Ring::kSize);
  CHECK(queue.driver.GetBuf(&used) == Found::kNothing);
}

TEST_CASE_TEMPLATE("a buffer that nothing was written to comes back", Ring,
                   Split, Packed) {
  Queue<Ring> queue;
  DeviceBuffer buffer;
  UsedBuffer used;
  queue.driver.Add({{{1, 2}}, 1, 0}, /*cookie=*/5);
  REQUIRE(queue.device.Pop(&buffer) == Found::kBuffer);
  queue.device.Push(buffer, 0);
  REQUIRE(queue.driver.GetBuf(&used) == Found::kBuffer);
  CHECK(used.cookie == 5);
  CHECK(used.written == 0);
}

TEST_CASE("packed: without the write flag, the length means nothing") {
  Queue<Packed> queue;
  DeviceBuffer buffer;
  UsedBuffer used;
  queue.driver.Add(TestChain(1), /*cookie=*/5);
  REQUIRE(queue.device.Pop(&buffer) == Found::kBuffer);
  queue.device.Push(buffer, 0);
  auto* desc = queue.memory.At<kcsan::VringPackedDesc>(
      queue.memory.layout().descriptor_area);
  LE32_WRITE(desc->len, 7);
  REQUIRE(queue.driver.GetBuf(&used) == Found::kBuffer);
  CHECK(used.written == 0);
}

TEST_CASE_TEMPLATE("every mark sees the same", Ring, Split, Packed) {
  for (const Mark mark :
       {Mark::kPlain, Mark::kDataRace, Mark::kReadOnce, Mark::kVirtioRead}) {
    const SharedMemory memory = *SharedMemory::Create(Ring::kRing, Ring::kSize);
    typename Ring::Driver driver(memory, mark);
    typename Ring::Device device(memory);
    // Far enough for the packed ring's wrap counter to take all its values.
    for (uint32_t i = 0; i < 40; ++i) {
      UsedBuffer used;
      DeviceBuffer buffer;
      CHECK(driver.GetBuf(&used) == Found::kNothing);
      driver.Add(TestChain(i), i);
      CHECK(driver.GetBuf(&used) == Found::kNothing);
      REQUIRE(device.Pop(&buffer) == Found::kBuffer);
      device.Push(buffer, 1);
      REQUIRE(driver.GetBuf(&used) == Found::kBuffer);
      CHECK(used.cookie == i);
    }
  }
}

// Long enough for the split ring's 16-bit indices to wrap, with the ring full
// and chains of two and three descriptors.
TEST_CASE_TEMPLATE("indices wrap, and buffers are used in any order", Ring,
                   Split, Packed) {
  Queue<Ring> queue;
  uint32_t added = 0;
  uint32_t returned = 0;
  std::vector<bool> is_with_device(70000);
  while (returned < 70000) {
    while (added < 70000 && queue.driver.NumFree() >= 3) {
      Chain chain = TestChain(added);
      if (added % 3 == 0) {
        chain.elements[2] = {1, 1};
        chain.num_writable = 2;
      }
      queue.driver.Add(chain, added);
      is_with_device[added++] = true;
    }
    std::vector<DeviceBuffer> batch;
    DeviceBuffer buffer;
    while (queue.device.Pop(&buffer) == Found::kBuffer) batch.push_back(buffer);
    REQUIRE(!batch.empty());
    // Rotated by a varying amount.
    for (size_t i = 0; i < batch.size(); ++i) {
      const DeviceBuffer& next = batch[(i + added) % batch.size()];
      queue.device.Push(next, next.chain.num_writable);
    }
    UsedBuffer used;
    while (queue.driver.GetBuf(&used) == Found::kBuffer) {
      REQUIRE(is_with_device[used.cookie]);
      is_with_device[used.cookie] = false;
      REQUIRE(used.written == (used.cookie % 3 == 0 ? 2 : 1));
      ++returned;
    }
    CHECK(queue.driver.error() == std::string());
    REQUIRE(queue.driver.NumFree() == Ring::kSize);
  }
}

TEST_CASE_TEMPLATE("notifications are suppressed and allowed", Ring, Split,
                   Packed) {
  Queue<Ring> queue;
  CHECK(queue.driver.NeedsKick());
  queue.device.DisableKicks();
  CHECK(!queue.driver.NeedsKick());
  queue.device.EnableKicks();
  CHECK(queue.driver.NeedsKick());

  CHECK(queue.device.NeedsInterrupt());
  queue.driver.DisableInterrupts();
  CHECK(!queue.device.NeedsInterrupt());
  queue.driver.EnableInterrupts();
  CHECK(queue.device.NeedsInterrupt());
}

}  // namespace
}  // namespace virtio
