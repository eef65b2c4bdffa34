// SPDX-License-Identifier: Apache-2.0

#include "examples/virtio/packed_driver.h"

#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/virtio.h"

namespace virtio {
namespace {

// Spec 2.8.1: an available descriptor has the driver's wrap counter in one bit,
// and its inverse in the other.
uint16_t AvailableFlags(bool wrap_counter) {
  return static_cast<uint16_t>(1u << (wrap_counter ? VRING_PACKED_DESC_F_AVAIL
                                                   : VRING_PACKED_DESC_F_USED));
}

}  // namespace

PackedDriver::PackedDriver(const SharedMemory& memory, Mark mark)
    : vq_{mark, {}, 0, /*used_wrap_counter=*/true},
      buffers_(memory.queue_size()),
      num_free_(memory.queue_size()) {
  const Layout& layout = memory.layout();
  vq_.vring.num = memory.queue_size();
  vq_.vring.desc = memory.At<kcsan::VringPackedDesc>(layout.descriptor_area);
  vq_.vring.driver = memory.At<kcsan::VringPackedDescEvent>(layout.driver_area);
  vq_.vring.device = memory.At<kcsan::VringPackedDescEvent>(layout.device_area);
  for (uint32_t id = memory.queue_size(); id > 0; --id) {
    free_ids_.push_back(static_cast<uint16_t>(id - 1));
  }
}

void PackedDriver::Add(const Chain& chain, uint32_t cookie) {
  const uint16_t id = free_ids_.back();
  free_ids_.pop_back();
  num_free_ -= chain.length();
  buffers_[id] = {
      static_cast<uint16_t>(chain.length()), cookie,
      static_cast<uint32_t>(TotalLength(chain.writable(), chain.num_writable))};

  // Spec 2.8.21.1. The device waits at the first descriptor and does not look
  // behind it: all can be written as it comes, but the first one's flags.
  kcsan::VringPackedDesc* const head = &vq_.vring.desc[next_avail_idx_];
  uint16_t head_flags = 0;
  for (uint32_t i = 0; i < chain.length(); ++i) {
    const bool is_last = i + 1 == chain.length();
    const bool is_writable = i >= chain.num_readable;
    const uint16_t flags =
        static_cast<uint16_t>(AvailableFlags(avail_wrap_counter_) |
                              (is_last ? 0 : VRING_DESC_F_NEXT) |
                              (is_writable ? VRING_DESC_F_WRITE : 0));
    kcsan::VringPackedDesc* desc = &vq_.vring.desc[next_avail_idx_];
    LE64_WRITE(desc->addr, chain.elements[i].address);
    LE32_WRITE(desc->len, chain.elements[i].length);
    // Spec 2.8.6: the last one's counts.
    LE16_WRITE(desc->id, id);
    if (desc == head) {
      head_flags = flags;
    } else {
      LE16_WRITE(desc->flags, flags);
    }
    if (++next_avail_idx_ == vq_.vring.num) {
      next_avail_idx_ = 0;
      avail_wrap_counter_ = !avail_wrap_counter_;
    }
  }

  // Spec 2.8.17 and 2.8.21.1.1: the whole chain before the flags that make it
  // available. Pairs with virtio_rmb() in PackedDevice::Pop().
  virtio_wmb(kWeakBarriers);
  LE16_WRITE(head->flags, head_flags);
}

bool PackedDriver::NeedsKick() {
  // Spec 2.8.21.3.1: the descriptor's flags before the event flags. Otherwise
  // we might read "do not notify" from before the device's last look at the
  // ring. Pairs with virtio_mb() in PackedDevice::EnableKicks().
  virtio_mb(kWeakBarriers);
  return LE16_READ(vq_.vring.device->flags) != VRING_PACKED_EVENT_FLAG_DISABLE;
}

Found PackedDriver::GetBuf(UsedBuffer* used) {
  if (!more_used_packed(&vq_)) return Found::kNothing;
  // The rest of the descriptor was written before its flags; it must be read
  // after them. Pairs with virtio_wmb() in PackedDevice::Push().
  virtio_rmb(kWeakBarriers);

  // Spec 2.8.22. Read once, checked, and used from here: a device that changes
  // the descriptor meanwhile gains nothing.
  const kcsan::VringPackedDesc* desc = &vq_.vring.desc[vq_.last_used_idx];
  const uint16_t id = LE16_READ(desc->id);
  // Spec 2.8.4: without the flag the length means nothing.
  const bool is_written = (LE16_READ(desc->flags) & VRING_DESC_F_WRITE) != 0;
  const uint32_t written = is_written ? LE32_READ(desc->len) : 0;
  if (id >= vq_.vring.num) return Broken("the device used an id out of range");
  Buffer* buffer = &buffers_[id];
  if (buffer->chain_length == 0) {
    return Broken("the device used a buffer that it does not have");
  }
  if (written > buffer->writable_size) {
    return Broken("the device says it wrote more than there was room for");
  }
  *used = {buffer->cookie, written};

  // One used descriptor stands for the chain; the rest of it is skipped.
  const uint32_t next = uint32_t{vq_.last_used_idx} + buffer->chain_length;
  if (next >= vq_.vring.num) vq_.used_wrap_counter = !vq_.used_wrap_counter;
  vq_.last_used_idx = static_cast<uint16_t>(next % vq_.vring.num);
  num_free_ += buffer->chain_length;
  buffer->chain_length = 0;
  free_ids_.push_back(id);
  return Found::kBuffer;
}

void PackedDriver::EnableInterrupts() {
  // Spec 2.8.10.
  LE16_WRITE(vq_.vring.driver->flags, VRING_PACKED_EVENT_FLAG_ENABLE);
  // The event flags before the caller's next look at the ring, as in
  // NeedsKick() with the sides changed. Pairs with virtio_mb() in
  // PackedDevice::NeedsInterrupt().
  virtio_mb(kWeakBarriers);
}

void PackedDriver::DisableInterrupts() {
  // Only advice: needs no order, and the device may notify all the same.
  LE16_WRITE(vq_.vring.driver->flags, VRING_PACKED_EVENT_FLAG_DISABLE);
}

}  // namespace virtio
