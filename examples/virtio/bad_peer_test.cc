// SPDX-License-Identifier: Apache-2.0
//
// What each side does about a peer that is broken or hostile: it notices, says
// what was wrong, and touches no memory that it should not.

#include <unistd.h>

#include <cstdint>
#include <string>

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

constexpr uint32_t kSize = 8;

struct Split {
  using Driver = SplitDriver;
  using Device = SplitDevice;
  static constexpr RingKind kRing = RingKind::kSplit;
};

struct Packed {
  using Driver = PackedDriver;
  using Device = PackedDevice;
  static constexpr RingKind kRing = RingKind::kPacked;
};

constexpr const char kNoSuchId[] = "the device used an id out of range";
constexpr const char kNotThere[] =
    "the device used a buffer that it does not have";
constexpr const char kTooMuch[] =
    "the device says it wrote more than there was room for";

// A driver that has given one buffer to the device, and a device that took it.
template <typename Ring>
struct OneBuffer {
  OneBuffer() {
    driver.Add({{{1, 10}, {2, 20}, {3, 30}}, 1, 2}, /*cookie=*/1);
    REQUIRE(device.Pop(&buffer) == Found::kBuffer);
  }

  SharedMemory memory = *SharedMemory::Create(Ring::kRing, kSize);
  typename Ring::Driver driver{memory, Mark::kVirtioRead};
  typename Ring::Device device{memory};
  DeviceBuffer buffer;
  UsedBuffer used;
};

TEST_CASE_TEMPLATE("driver: a device that uses what it does not have", Ring,
                   Split, Packed) {
  OneBuffer<Ring> queue;
  SUBCASE("an id that is no index") {
    queue.buffer.id = kSize;
    queue.device.Push(queue.buffer, 1);
    CHECK(queue.driver.GetBuf(&queue.used) == Found::kBroken);
    CHECK(queue.driver.error() == std::string(kNoSuchId));
  }
  SUBCASE("an id of nothing") {
    queue.buffer.id ^= 1;
    queue.device.Push(queue.buffer, 1);
    CHECK(queue.driver.GetBuf(&queue.used) == Found::kBroken);
    CHECK(queue.driver.error() == std::string(kNotThere));
  }
  SUBCASE("a buffer twice") {
    queue.device.Push(queue.buffer, 1);
    queue.device.Push(queue.buffer, 1);
    CHECK(queue.driver.GetBuf(&queue.used) == Found::kBuffer);
    CHECK(queue.driver.GetBuf(&queue.used) == Found::kBroken);
    CHECK(queue.driver.error() == std::string(kNotThere));
  }
  SUBCASE("all of a buffer's room is allowed") {
    queue.device.Push(queue.buffer, 50);
    REQUIRE(queue.driver.GetBuf(&queue.used) == Found::kBuffer);
    CHECK(queue.used.written == 50);
  }
  SUBCASE("one byte more is not") {
    queue.device.Push(queue.buffer, 51);
    CHECK(queue.driver.GetBuf(&queue.used) == Found::kBroken);
    CHECK(queue.driver.error() == std::string(kTooMuch));
  }
}

TEST_CASE("split device: a driver that makes nonsense available") {
  const SharedMemory memory = *SharedMemory::Create(RingKind::kSplit, kSize);
  const Layout& layout = memory.layout();
  auto* desc = memory.At<kcsan::VringDesc>(layout.descriptor_area);
  auto* avail = memory.At<kcsan::VringAvail>(layout.driver_area);
  SplitDevice device(memory);
  DeviceBuffer buffer;
  VIRTIO16_WRITE(&kModernDevice, avail->idx, 1);
  std::string error;
  SUBCASE("an index far ahead") {
    VIRTIO16_WRITE(&kModernDevice, avail->idx, kSize + 1);
    error = "the driver made more available than the ring holds";
  }
  SUBCASE("a head out of range") {
    VIRTIO16_WRITE(&kModernDevice, avail->ring[0], kSize);
    error = "the driver named a descriptor out of range";
  }
  SUBCASE("a link out of range") {
    VIRTIO16_WRITE(&kModernDevice, desc[0].flags, VRING_DESC_F_NEXT);
    VIRTIO16_WRITE(&kModernDevice, desc[0].next, 0xffff);
    error = "the driver named a descriptor out of range";
  }
  SUBCASE("a loop") {
    VIRTIO16_WRITE(&kModernDevice, desc[0].flags, VRING_DESC_F_NEXT);
    VIRTIO16_WRITE(&kModernDevice, desc[0].next, 0);
    error = "the driver made a chain that is too long";
  }
  SUBCASE("readable after writable") {
    VIRTIO16_WRITE(&kModernDevice, desc[0].flags,
                   VRING_DESC_F_NEXT | VRING_DESC_F_WRITE);
    VIRTIO16_WRITE(&kModernDevice, desc[0].next, 1);
    error = "the driver put a readable element after a writable one";
  }
  CHECK(device.Pop(&buffer) == Found::kBroken);
  CHECK(device.error() == error);
}

TEST_CASE("packed device: a driver that makes nonsense available") {
  const SharedMemory memory = *SharedMemory::Create(RingKind::kPacked, kSize);
  auto* ring =
      memory.At<kcsan::VringPackedDesc>(memory.layout().descriptor_area);
  PackedDevice device(memory);
  DeviceBuffer buffer;
  constexpr uint16_t kAvailable = 1 << VRING_PACKED_DESC_F_AVAIL;
  std::string error;
  SUBCASE("a chain without an end") {
    for (uint32_t i = 0; i < kSize; ++i) {
      LE16_WRITE(ring[i].flags, kAvailable | VRING_DESC_F_NEXT);
    }
    error = "the driver made a chain that is too long";
  }
  SUBCASE("readable after writable") {
    LE16_WRITE(ring[0].flags,
               kAvailable | VRING_DESC_F_NEXT | VRING_DESC_F_WRITE);
    LE16_WRITE(ring[1].flags, kAvailable);
    error = "the driver put a readable element after a writable one";
  }
  CHECK(device.Pop(&buffer) == Found::kBroken);
  CHECK(device.error() == error);
}

TEST_CASE("elements outside the buffers are not touched") {
  const SharedMemory memory = *SharedMemory::Create(RingKind::kSplit, kSize);
  const uint64_t buffers = memory.layout().buffers;
  const uint64_t end = memory.layout().total;
  uint8_t bytes[64] = {};
  const auto copies = [&](uint64_t address, uint32_t length) {
    const Element element = {address, length};
    const bool in = memory.CopyIn(&element, 1, bytes, 4);
    CHECK(memory.CopyOut(bytes, 4, &element, 1) == in);
    return in;
  };
  CHECK(copies(buffers, 4));
  CHECK(copies(end - 4, 4));
  CHECK(!copies(end - 3, 4));
  CHECK(!copies(end, 4));
  CHECK(!copies(buffers - 1, 4));
  CHECK(!copies(0, 4));
  CHECK(!copies(UINT64_MAX - 1, 4));
  CHECK(!copies(buffers, UINT32_MAX));
  // Inside, but shorter than what is to be copied.
  CHECK(!copies(buffers, 3));
}

TEST_CASE("device: memory that holds no virtqueue is refused") {
  const SharedMemory memory = *SharedMemory::Create(RingKind::kSplit, kSize);
  DeviceConfig* config = memory.At<DeviceConfig>(0);
  SUBCASE("as it should be") {}
  SUBCASE("another magic") { config->magic = 0; }
  SUBCASE("another ring") { config->ring = static_cast<RingKind>(2); }
  SUBCASE("a size that is no power of two") { config->queue_size = 9; }
  SUBCASE("a size that does not fit the memory") {
    config->queue_size = 2 * kSize;
  }
  const bool is_good = config->magic == kMagic &&
                       config->ring == RingKind::kSplit &&
                       config->queue_size == kSize;
  CHECK(SharedMemory::Open(UniqueFd(dup(memory.fd()))).ok() == is_good);
}

TEST_CASE("device: a descriptor that is no memory is refused") {
  CHECK(!SharedMemory::Open(UniqueFd(-1)).ok());
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const UniqueFd write_end(ends[1]);
  CHECK(!SharedMemory::Open(UniqueFd(ends[0])).ok());
}

}  // namespace
}  // namespace virtio
