// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/layout.h
// -----------------------------------------------------------------------------
// Where the parts of the virtqueue lie in the memory that driver and device
// share. Both sides compute it from the two numbers in DeviceConfig, and the
// addresses in descriptors are offsets into this memory: our stand-in for
// guest-physical addresses.
//
// "Spec" in this directory is the OASIS Virtual I/O Device (VIRTIO)
// specification, version 1.2. In version 1.1 the same sections are numbered
// 2.6 (split) and 2.7 (packed) instead of 2.7 and 2.8.

#ifndef EXAMPLES_VIRTIO_LAYOUT_H_
#define EXAMPLES_VIRTIO_LAYOUT_H_

#include <cstddef>
#include <cstdint>

namespace virtio {

enum class RingKind : uint32_t { kSplit = 0, kPacked = 1 };

// The start of the shared memory. Written before the device starts, and never
// after, so it needs neither marks nor barriers.
struct DeviceConfig {
  uint64_t magic;
  RingKind ring;
  uint32_t queue_size;
};

inline constexpr uint64_t kMagic = 0x6b6373616e767131;  // "kcsanvq1"

// Room for one buffer: the half that the device reads, then the half that it
// writes.
inline constexpr uint32_t kHalfBufferSize = 256;
inline constexpr uint32_t kBufferSize = 2 * kHalfBufferSize;

// The longest chain that this driver makes: two elements of each direction.
inline constexpr uint32_t kMaxChainLength = 4;

// Spec 2.7 and 2.8: at most 2^15 entries.
inline constexpr uint32_t kMaxQueueSize = 32768;

// A split ring's size is a power of two (spec 2.7); a packed ring's need not be
// (spec 2.8.10.1). Our driver wants room for one chain at least.
bool IsValidQueueSize(RingKind ring, uint32_t queue_size);

// Offsets from the start of the shared memory, named as in spec 2.6.
struct Layout {
  // Split: descriptor table. Packed: descriptor ring.
  size_t descriptor_area;
  // Split: available ring. Packed: driver event suppression.
  size_t driver_area;
  // Split: used ring. Packed: device event suppression.
  size_t device_area;
  // One slot of kBufferSize bytes for each descriptor.
  size_t buffers;
  // Bytes of all.
  size_t total;
};

Layout MakeLayout(RingKind ring, uint32_t queue_size);

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_LAYOUT_H_
