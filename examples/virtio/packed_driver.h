// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/packed_driver.h
// -----------------------------------------------------------------------------
// The driver's side of a packed virtqueue (spec 2.8).

#ifndef EXAMPLES_VIRTIO_PACKED_DRIVER_H_
#define EXAMPLES_VIRTIO_PACKED_DRIVER_H_

#include <cstdint>
#include <vector>

#include "examples/virtio/more_used.h"
#include "examples/virtio/shared_memory.h"
#include "examples/virtio/virtqueue.h"

namespace virtio {

class PackedDriver : public DriverQueue {
 public:
  PackedDriver(const SharedMemory& memory, Mark mark);

  void Add(const Chain& chain, uint32_t cookie) override;
  uint32_t NumFree() const override { return num_free_; }
  bool NeedsKick() override;
  Found GetBuf(UsedBuffer* used) override;
  void EnableInterrupts() override;
  void DisableInterrupts() override;

 private:
  // What we remember by buffer id. The device overwrites the descriptors.
  struct Buffer {
    // Descriptors in its chain. 0: the device does not have this buffer.
    uint16_t chain_length;
    uint32_t cookie;
    uint32_t writable_size;
  };

  PackedVirtqueue vq_;
  // Where the next available descriptor goes, and the wrap counter there.
  uint16_t next_avail_idx_ = 0;
  bool avail_wrap_counter_ = true;
  std::vector<Buffer> buffers_;
  std::vector<uint16_t> free_ids_;
  uint32_t num_free_;
};

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_PACKED_DRIVER_H_
