// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/more_used.h
// -----------------------------------------------------------------------------
// The one question this example is about: has the device used another buffer?
// The driver asks by reading a word that the device may be writing right then.
// All of the driver's state that the question depends on is here; the drivers
// themselves are in split_driver and packed_driver.

#ifndef EXAMPLES_VIRTIO_MORE_USED_H_
#define EXAMPLES_VIRTIO_MORE_USED_H_

#include <cstdint>

#include "examples/virtio/ring.h"

namespace virtio {

// How the read is marked.
enum class Mark { kPlain, kDataRace, kReadOnce, kVirtioRead };

struct SplitVirtqueue {
  Mark mark;
  const VirtioDevice* vdev;
  SplitVring vring;
  // Free-running, like used->idx: buffers taken back so far.
  uint16_t last_used_idx;
};

struct PackedVirtqueue {
  Mark mark;
  PackedVring vring;
  // Where the device writes its next used descriptor, and the value of its
  // wrap counter there (spec 2.8.1).
  uint16_t last_used_idx;
  bool used_wrap_counter;
};

// Named and written as in the discussion that started it, so that a report can
// be held beside the one in that mail.
bool more_used_split(const SplitVirtqueue* vq);
bool more_used_packed(const PackedVirtqueue* vq);

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_MORE_USED_H_
