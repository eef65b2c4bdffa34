// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/ring.h
// -----------------------------------------------------------------------------
// The parts of a virtqueue in memory, for both sides. kcsan::VringUsed and so
// on are the structs of <linux/virtio_ring.h> with fields that do not compile
// without a conversion of their byte order.

#ifndef EXAMPLES_VIRTIO_RING_H_
#define EXAMPLES_VIRTIO_RING_H_

#include <cstdint>

#include "kcsan/annotations/virtio_ring_layout.h"

namespace virtio {

struct VirtioDevice {
  // VIRTIO_F_VERSION_1. Without it the fields are in the guest's byte order.
  bool has_version_1;
};

// What VIRTIO16_READ() asks of a device.
inline bool virtio_is_little_endian(const VirtioDevice* vdev) {
  return virtio_is_little_endian(vdev->has_version_1
                                     ? kcsan::VirtioByteOrder::kModern
                                     : kcsan::VirtioByteOrder::kLegacy);
}

inline constexpr VirtioDevice kModernDevice = {true};

// Our device is software on another CPU, so the barriers between CPUs suffice
// (VIRTIO_F_ORDER_PLATFORM is not negotiated).
inline constexpr bool kWeakBarriers = true;

// A split virtqueue (spec 2.7).
struct SplitVring {
  uint32_t num;
  kcsan::VringDesc* desc;    // written by the driver
  kcsan::VringAvail* avail;  // written by the driver
  kcsan::VringUsed* used;    // written by the device
};

// A packed virtqueue (spec 2.8).
struct PackedVring {
  uint32_t num;
  kcsan::VringPackedDesc* desc;         // written by both
  kcsan::VringPackedDescEvent* driver;  // written by the driver
  kcsan::VringPackedDescEvent* device;  // written by the device
};

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_RING_H_
