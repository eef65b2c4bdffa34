// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/split_device.h
// -----------------------------------------------------------------------------
// The device's side of a split virtqueue (spec 2.7).

#ifndef EXAMPLES_VIRTIO_SPLIT_DEVICE_H_
#define EXAMPLES_VIRTIO_SPLIT_DEVICE_H_

#include <cstdint>

#include "examples/virtio/ring.h"
#include "examples/virtio/shared_memory.h"
#include "examples/virtio/virtqueue.h"

namespace virtio {

class SplitDevice : public DeviceQueue {
 public:
  explicit SplitDevice(const SharedMemory& memory);

  Found Pop(DeviceBuffer* buffer) override;
  void Push(const DeviceBuffer& buffer, uint32_t written) override;
  bool NeedsInterrupt() override;
  void EnableKicks() override;
  void DisableKicks() override;

 private:
  Found ReadChain(uint16_t head, Chain* chain);

  const VirtioDevice* vdev_;
  SplitVring vring_;
  // Free-running: buffers taken from the available ring so far.
  uint16_t last_avail_idx_ = 0;
  // Free-running, like used->idx: buffers given back so far.
  uint16_t used_idx_ = 0;
};

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_SPLIT_DEVICE_H_
