// SPDX-License-Identifier: Apache-2.0

#include "examples/virtio/split_device.h"

#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/virtio.h"

namespace virtio {

SplitDevice::SplitDevice(const SharedMemory& memory)
    : vdev_(&kModernDevice), vring_{} {
  const Layout& layout = memory.layout();
  vring_.num = memory.queue_size();
  vring_.desc = memory.At<kcsan::VringDesc>(layout.descriptor_area);
  vring_.avail = memory.At<kcsan::VringAvail>(layout.driver_area);
  vring_.used = memory.At<kcsan::VringUsed>(layout.device_area);
}

Found SplitDevice::Pop(DeviceBuffer* buffer) {
  const uint16_t avail_idx = VIRTIO16_READ(vdev_, vring_.avail->idx);
  const uint16_t num_available =
      static_cast<uint16_t>(avail_idx - last_avail_idx_);
  if (num_available == 0) return Found::kNothing;
  if (num_available > vring_.num) {
    return Broken("the driver made more available than the ring holds");
  }
  // idx before what it announces. Pairs with virtio_wmb() in
  // SplitDriver::Add().
  virtio_rmb(kWeakBarriers);

  const uint16_t head =
      VIRTIO16_READ(vdev_, vring_.avail->ring[last_avail_idx_ % vring_.num]);
  ++last_avail_idx_;
  buffer->id = head;
  return ReadChain(head, &buffer->chain);
}

Found SplitDevice::ReadChain(uint16_t head, Chain* chain) {
  *chain = Chain{};
  uint16_t index = head;
  for (;;) {
    if (index >= vring_.num) {
      return Broken("the driver named a descriptor out of range");
    }
    // Also what stops us in a chain that is a loop.
    if (chain->length() == kMaxChainLength) {
      return Broken("the driver made a chain that is too long");
    }
    const kcsan::VringDesc* desc = &vring_.desc[index];
    chain->elements[chain->length()] = {VIRTIO64_READ(vdev_, desc->addr),
                                        VIRTIO32_READ(vdev_, desc->len)};
    const uint16_t flags = VIRTIO16_READ(vdev_, desc->flags);
    if ((flags & VRING_DESC_F_WRITE) != 0) {
      ++chain->num_writable;
    } else if (chain->num_writable == 0) {
      ++chain->num_readable;
    } else {
      return Broken("the driver put a readable element after a writable one");
    }
    if ((flags & VRING_DESC_F_NEXT) == 0) return Found::kBuffer;
    index = VIRTIO16_READ(vdev_, desc->next);
  }
}

void SplitDevice::Push(const DeviceBuffer& buffer, uint32_t written) {
  // Spec 2.7.8. The driver does not look here before idx says so.
  kcsan::VringUsedElem* element = &vring_.used->ring[used_idx_ % vring_.num];
  VIRTIO32_WRITE(vdev_, element->id, buffer.id);
  VIRTIO32_WRITE(vdev_, element->len, written);
  // Spec 2.7.8.2: element, and all that was written into the buffer, before
  // idx. Pairs with virtio_rmb() in SplitDriver::GetBuf().
  virtio_wmb(kWeakBarriers);
  // The write that the driver's more_used_split() meets.
  VIRTIO16_WRITE(vdev_, vring_.used->idx, ++used_idx_);
}

bool SplitDevice::NeedsInterrupt() {
  // idx before flags. Pairs with virtio_mb() in
  // SplitDriver::EnableInterrupts().
  virtio_mb(kWeakBarriers);
  return (VIRTIO16_READ(vdev_, vring_.avail->flags) &
          VRING_AVAIL_F_NO_INTERRUPT) == 0;
}

void SplitDevice::EnableKicks() {
  // Spec 2.7.10.
  VIRTIO16_WRITE(vdev_, vring_.used->flags, 0);
  // flags before the caller's next look at avail->idx. Pairs with virtio_mb()
  // in SplitDriver::NeedsKick().
  virtio_mb(kWeakBarriers);
}

void SplitDevice::DisableKicks() {
  VIRTIO16_WRITE(vdev_, vring_.used->flags, VRING_USED_F_NO_NOTIFY);
}

}  // namespace virtio
