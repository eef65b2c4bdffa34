// SPDX-License-Identifier: Apache-2.0

#include "examples/virtio/layout.h"

#include "examples/virtio/ring.h"

namespace virtio {
namespace {

// Each part starts on a cache line of its own. The specification asks for no
// more than 16, 2 and 4 bytes; but driver area and device area have one writer
// each, and those two should not fight over a line.
constexpr size_t kAlignment = 64;

size_t AlignUp(size_t offset) {
  return (offset + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

bool IsValidQueueSize(RingKind ring, uint32_t queue_size) {
  if (queue_size < kMaxChainLength || queue_size > kMaxQueueSize) return false;
  return ring == RingKind::kPacked || (queue_size & (queue_size - 1)) == 0;
}

Layout MakeLayout(RingKind ring, uint32_t queue_size) {
  // Sizes from the tables in spec 2.7 and 2.8.10.1. Those of the split ring
  // include the event index at the end, which is there also when unused.
  const bool is_split = ring == RingKind::kSplit;
  const size_t descriptor_size =
      is_split ? sizeof(kcsan::VringDesc) : sizeof(kcsan::VringPackedDesc);
  const size_t driver_area_size = is_split
                                      ? 6 + 2 * size_t{queue_size}
                                      : sizeof(kcsan::VringPackedDescEvent);
  const size_t device_area_size = is_split
                                      ? 6 + 8 * size_t{queue_size}
                                      : sizeof(kcsan::VringPackedDescEvent);

  Layout layout = {};
  layout.descriptor_area = AlignUp(sizeof(DeviceConfig));
  layout.driver_area =
      AlignUp(layout.descriptor_area + descriptor_size * queue_size);
  layout.device_area = AlignUp(layout.driver_area + driver_area_size);
  layout.buffers = AlignUp(layout.device_area + device_area_size);
  layout.total = layout.buffers + size_t{kBufferSize} * queue_size;
  return layout;
}

}  // namespace virtio
