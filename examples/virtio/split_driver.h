// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/split_driver.h
// -----------------------------------------------------------------------------
// The driver's side of a split virtqueue (spec 2.7).

#ifndef EXAMPLES_VIRTIO_SPLIT_DRIVER_H_
#define EXAMPLES_VIRTIO_SPLIT_DRIVER_H_

#include <cstdint>
#include <vector>

#include "examples/virtio/more_used.h"
#include "examples/virtio/shared_memory.h"
#include "examples/virtio/virtqueue.h"

namespace virtio {

class SplitDriver : public DriverQueue {
 public:
  SplitDriver(const SharedMemory& memory, Mark mark);

  void Add(const Chain& chain, uint32_t cookie) override;
  uint32_t NumFree() const override { return num_free_; }
  bool NeedsKick() override;
  Found GetBuf(UsedBuffer* used) override;
  void EnableInterrupts() override;
  void DisableInterrupts() override;

 private:
  // What we remember of a descriptor. The device could change its copy in the
  // table; this one it cannot.
  struct Descriptor {
    // The next of its chain, or the next free one.
    uint16_t next;
    // Of the first of a chain: descriptors in it. 0: not the first of a chain
    // that the device has.
    uint16_t chain_length;
    uint32_t cookie;
    uint32_t writable_size;
  };

  void FreeChain(uint16_t head);

  SplitVirtqueue vq_;
  // Free-running, like avail->idx: buffers made available so far.
  uint16_t avail_idx_ = 0;
  std::vector<Descriptor> descriptors_;
  uint16_t first_free_ = 0;
  uint32_t num_free_;
};

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_SPLIT_DRIVER_H_
