// SPDX-License-Identifier: Apache-2.0

#include "examples/virtio/packed_device.h"

#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/virtio.h"

namespace virtio {
namespace {

// Spec 2.8.1: an available descriptor has the wrap counter in one bit and its
// inverse in the other.
bool IsAvailable(uint16_t flags, bool wrap_counter) {
  const bool avail = (flags & (1u << VRING_PACKED_DESC_F_AVAIL)) != 0;
  const bool used = (flags & (1u << VRING_PACKED_DESC_F_USED)) != 0;
  return avail == wrap_counter && used != wrap_counter;
}

// A used descriptor has the wrap counter in both.
uint16_t UsedFlags(bool wrap_counter) {
  return static_cast<uint16_t>(wrap_counter
                                   ? (1u << VRING_PACKED_DESC_F_AVAIL) |
                                         (1u << VRING_PACKED_DESC_F_USED)
                                   : 0);
}

}  // namespace

PackedDevice::PackedDevice(const SharedMemory& memory) : vring_{} {
  const Layout& layout = memory.layout();
  vring_.num = memory.queue_size();
  vring_.desc = memory.At<kcsan::VringPackedDesc>(layout.descriptor_area);
  vring_.driver = memory.At<kcsan::VringPackedDescEvent>(layout.driver_area);
  vring_.device = memory.At<kcsan::VringPackedDescEvent>(layout.device_area);
}

Found PackedDevice::Pop(DeviceBuffer* buffer) {
  uint16_t flags = LE16_READ(vring_.desc[next_avail_.index].flags);
  if (!IsAvailable(flags, next_avail_.wrap_counter)) return Found::kNothing;
  // The flags before the chain that they announce. Pairs with virtio_wmb() in
  // PackedDriver::Add().
  virtio_rmb(kWeakBarriers);

  Chain* chain = &buffer->chain;
  *chain = Chain{};
  for (;;) {
    const kcsan::VringPackedDesc* desc = &vring_.desc[next_avail_.index];
    chain->elements[chain->length()] = {LE64_READ(desc->addr),
                                        LE32_READ(desc->len)};
    if ((flags & VRING_DESC_F_WRITE) != 0) {
      ++chain->num_writable;
    } else if (chain->num_writable == 0) {
      ++chain->num_readable;
    } else {
      return Broken("the driver put a readable element after a writable one");
    }
    next_avail_.Advance(1, vring_.num);
    if ((flags & VRING_DESC_F_NEXT) == 0) {
      buffer->id = LE16_READ(desc->id);
      return Found::kBuffer;
    }
    if (chain->length() == kMaxChainLength) {
      return Broken("the driver made a chain that is too long");
    }
    flags = LE16_READ(vring_.desc[next_avail_.index].flags);
  }
}

void PackedDevice::Push(const DeviceBuffer& buffer, uint32_t written) {
  // Spec 2.8.22 and 2.8.6: one used descriptor for the chain, then skip as many
  // as it had. This may overwrite descriptors of another chain that we still
  // hold; but those we have copied.
  kcsan::VringPackedDesc* desc = &vring_.desc[next_used_.index];
  LE16_WRITE(desc->id, buffer.id);
  LE32_WRITE(desc->len, written);
  const uint16_t flags =
      static_cast<uint16_t>(UsedFlags(next_used_.wrap_counter) |
                            (written > 0 ? VRING_DESC_F_WRITE : 0));
  // The descriptor, and all that was written into the buffer, before the flags.
  // Pairs with virtio_rmb() in PackedDriver::GetBuf().
  virtio_wmb(kWeakBarriers);
  // The write that the driver's more_used_packed() meets.
  LE16_WRITE(desc->flags, flags);
  next_used_.Advance(buffer.chain.length(), vring_.num);
}

bool PackedDevice::NeedsInterrupt() {
  // The descriptor's flags before the event flags. Pairs with virtio_mb() in
  // PackedDriver::EnableInterrupts().
  virtio_mb(kWeakBarriers);
  return LE16_READ(vring_.driver->flags) != VRING_PACKED_EVENT_FLAG_DISABLE;
}

void PackedDevice::EnableKicks() {
  // Spec 2.8.10.
  LE16_WRITE(vring_.device->flags, VRING_PACKED_EVENT_FLAG_ENABLE);
  // The event flags before the caller's next look at the ring. Pairs with
  // virtio_mb() in PackedDriver::NeedsKick().
  virtio_mb(kWeakBarriers);
}

void PackedDevice::DisableKicks() {
  LE16_WRITE(vring_.device->flags, VRING_PACKED_EVENT_FLAG_DISABLE);
}

}  // namespace virtio
