// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/packed_device.h
// -----------------------------------------------------------------------------
// The device's side of a packed virtqueue (spec 2.8).

#ifndef EXAMPLES_VIRTIO_PACKED_DEVICE_H_
#define EXAMPLES_VIRTIO_PACKED_DEVICE_H_

#include <cstdint>

#include "examples/virtio/ring.h"
#include "examples/virtio/shared_memory.h"
#include "examples/virtio/virtqueue.h"

namespace virtio {

class PackedDevice : public DeviceQueue {
 public:
  explicit PackedDevice(const SharedMemory& memory);

  Found Pop(DeviceBuffer* buffer) override;
  void Push(const DeviceBuffer& buffer, uint32_t written) override;
  bool NeedsInterrupt() override;
  void EnableKicks() override;
  void DisableKicks() override;

 private:
  // A place in the ring, and the wrap counter there. The device walks the ring
  // twice: taking buffers, and giving them back.
  struct Cursor {
    uint32_t index;
    bool wrap_counter;

    void Advance(uint32_t count, uint32_t size) {
      index += count;
      if (index >= size) {
        index -= size;
        wrap_counter = !wrap_counter;
      }
    }
  };

  PackedVring vring_;
  Cursor next_avail_ = {0, true};
  Cursor next_used_ = {0, true};
};

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_PACKED_DEVICE_H_
