// SPDX-License-Identifier: Apache-2.0

#include "examples/virtio/split_driver.h"

#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/virtio.h"

namespace virtio {

SplitDriver::SplitDriver(const SharedMemory& memory, Mark mark)
    : vq_{mark, &kModernDevice, {}, 0},
      descriptors_(memory.queue_size()),
      num_free_(memory.queue_size()) {
  const Layout& layout = memory.layout();
  vq_.vring.num = memory.queue_size();
  vq_.vring.desc = memory.At<kcsan::VringDesc>(layout.descriptor_area);
  vq_.vring.avail = memory.At<kcsan::VringAvail>(layout.driver_area);
  vq_.vring.used = memory.At<kcsan::VringUsed>(layout.device_area);
  for (uint32_t i = 0; i < num_free_; ++i) {
    descriptors_[i].next = static_cast<uint16_t>(i + 1);
  }
}

void SplitDriver::Add(const Chain& chain, uint32_t cookie) {
  // Spec 2.7.13.1: place the buffer into the descriptor table.
  const uint16_t head = first_free_;
  uint16_t index = head;
  for (uint32_t i = 0; i < chain.length(); ++i) {
    const bool is_last = i + 1 == chain.length();
    const bool is_writable = i >= chain.num_readable;
    kcsan::VringDesc* desc = &vq_.vring.desc[index];
    VIRTIO64_WRITE(vq_.vdev, desc->addr, chain.elements[i].address);
    VIRTIO32_WRITE(vq_.vdev, desc->len, chain.elements[i].length);
    VIRTIO16_WRITE(vq_.vdev, desc->flags,
                   (is_last ? 0 : VRING_DESC_F_NEXT) |
                       (is_writable ? VRING_DESC_F_WRITE : 0));
    index = descriptors_[index].next;
    VIRTIO16_WRITE(vq_.vdev, desc->next, index);
  }
  first_free_ = index;
  num_free_ -= chain.length();
  descriptors_[head].chain_length = static_cast<uint16_t>(chain.length());
  descriptors_[head].cookie = cookie;
  descriptors_[head].writable_size =
      static_cast<uint32_t>(TotalLength(chain.writable(), chain.num_writable));

  // Spec 2.7.13.2: put the head into the available ring.
  VIRTIO16_WRITE(vq_.vdev, vq_.vring.avail->ring[avail_idx_ % vq_.vring.num],
                 head);

  // Spec 2.7.13.3: the device must not see the new idx and old descriptors.
  // Pairs with virtio_rmb() in SplitDevice::Pop().
  virtio_wmb(kWeakBarriers);
  VIRTIO16_WRITE(vq_.vdev, vq_.vring.avail->idx, ++avail_idx_);
}

bool SplitDriver::NeedsKick() {
  // Spec 2.7.13.4.1: idx before flags. Otherwise we might read "do not notify"
  // from before the device's last look at idx, and it would never look again.
  // Pairs with virtio_mb() in SplitDevice::EnableKicks().
  virtio_mb(kWeakBarriers);
  return (VIRTIO16_READ(vq_.vdev, vq_.vring.used->flags) &
          VRING_USED_F_NO_NOTIFY) == 0;
}

Found SplitDriver::GetBuf(UsedBuffer* used) {
  if (!more_used_split(&vq_)) return Found::kNothing;
  // The element was written before idx; it must be read after it. Pairs with
  // virtio_wmb() in SplitDevice::Push().
  virtio_rmb(kWeakBarriers);

  // Spec 2.7.14. Read once, checked, and used from here: a device that changes
  // the element meanwhile gains nothing.
  const kcsan::VringUsedElem* element =
      &vq_.vring.used->ring[vq_.last_used_idx % vq_.vring.num];
  const uint32_t id = VIRTIO32_READ(vq_.vdev, element->id);
  const uint32_t written = VIRTIO32_READ(vq_.vdev, element->len);
  if (id >= vq_.vring.num) return Broken("the device used an id out of range");
  const Descriptor& head = descriptors_[id];
  if (head.chain_length == 0) {
    return Broken("the device used a buffer that it does not have");
  }
  if (written > head.writable_size) {
    return Broken("the device says it wrote more than there was room for");
  }
  *used = {head.cookie, written};
  FreeChain(static_cast<uint16_t>(id));
  ++vq_.last_used_idx;
  return Found::kBuffer;
}

void SplitDriver::FreeChain(uint16_t head) {
  uint16_t last = head;
  for (int i = 1; i < descriptors_[head].chain_length; ++i) {
    last = descriptors_[last].next;
  }
  num_free_ += descriptors_[head].chain_length;
  descriptors_[head].chain_length = 0;
  descriptors_[last].next = first_free_;
  first_free_ = head;
}

void SplitDriver::EnableInterrupts() {
  // Spec 2.7.7.1.
  VIRTIO16_WRITE(vq_.vdev, vq_.vring.avail->flags, 0);
  // flags before the caller's next look at used->idx, as in NeedsKick() with
  // the sides changed. Pairs with virtio_mb() in SplitDevice::NeedsInterrupt().
  virtio_mb(kWeakBarriers);
}

void SplitDriver::DisableInterrupts() {
  // Only advice: needs no order, and the device may notify all the same.
  VIRTIO16_WRITE(vq_.vdev, vq_.vring.avail->flags, VRING_AVAIL_F_NO_INTERRUPT);
}

}  // namespace virtio
