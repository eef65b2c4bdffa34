// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/virtio_ring_layout.h
// -----------------------------------------------------------------------------
// The structures of <linux/virtio_ring.h> with fields that cannot be used raw:
// kcsan::VringDesc and so on. For drivers and devices that go through virtio.h;
// proven here, at compile time, to lie over the kernel's structures byte for
// byte. Not part of kcsan/kcsan.h, which does not include kernel headers.
//
// Includes <linux/virtio_ring.h> without its legacy half (vring_init() and the
// like), which is not C++. Include that header yourself only after this one.
//
// Example:
//
//   bool IsEmpty(const kcsan::VringAvail* avail, unsigned short last_idx) {
//     const auto vdev = kcsan::VirtioByteOrder::kModern;
//     return VIRTIO16_READ(vdev, avail->idx) == last_idx;
//   }

#ifndef KCSAN_ANNOTATIONS_VIRTIO_RING_LAYOUT_H_
#define KCSAN_ANNOTATIONS_VIRTIO_RING_LAYOUT_H_

#include <stddef.h>

#include <type_traits>
#include <utility>

#include "kcsan/annotations/endian.h"
#include "kcsan/annotations/virtio.h"

// The legacy half assigns void* to other pointers.
#ifdef VIRTIO_RING_NO_LEGACY
#include <linux/virtio_ring.h>
#else
#define VIRTIO_RING_NO_LEGACY
#include <linux/virtio_ring.h>
#undef VIRTIO_RING_NO_LEGACY
#endif

namespace kcsan {

// Arrays without a size at the end are C, and an extension in C++.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

// --- Split virtqueue ---------------------------------------------------------

struct VringDesc {
  virtio64 addr;
  virtio32 len;
  virtio16 flags;
  virtio16 next;
};

// Written by the driver, read by the device. After ring[num - 1] comes the used
// event index, where VIRTIO_RING_F_EVENT_IDX was agreed on.
struct VringAvail {
  virtio16 flags;
  virtio16 idx;
  virtio16 ring[];
};

struct VringUsedElem {
  virtio32 id;
  virtio32 len;
};

// Written by the device, read by the driver. After ring[num - 1] comes the
// avail event index, where VIRTIO_RING_F_EVENT_IDX was agreed on.
struct VringUsed {
  virtio16 flags;
  virtio16 idx;
  VringUsedElem ring[];
};

// --- Packed virtqueue --------------------------------------------------------

struct VringPackedDesc {
  le64 addr;
  le32 len;
  le16 id;
  le16 flags;
};

struct VringPackedDescEvent {
  le16 off_wrap;
  le16 flags;
};

#pragma GCC diagnostic pop

// --- The proof ---------------------------------------------------------------

#define KCSAN_INTERNAL_SAME_STRUCT(ours, theirs)                            \
  static_assert(                                                            \
      sizeof(ours) == sizeof(theirs) && alignof(ours) == alignof(theirs) && \
          std::is_standard_layout_v<ours> && std::is_trivial_v<ours>,       \
      #ours " must lie over " #theirs)
#define KCSAN_INTERNAL_SAME_FIELD(ours, theirs, field)              \
  static_assert(offsetof(ours, field) == offsetof(theirs, field) && \
                    sizeof(ours::field) == sizeof(theirs::field),   \
                #ours "::" #field " must lie over " #theirs)
// An open array has no size; its element has.
#define KCSAN_INTERNAL_SAME_RING(ours, theirs)                    \
  static_assert(offsetof(ours, ring) == offsetof(theirs, ring) && \
                    sizeof(std::declval<ours&>().ring[0]) ==      \
                        sizeof(std::declval<theirs&>().ring[0]),  \
                #ours "::ring must lie over " #theirs)

KCSAN_INTERNAL_SAME_STRUCT(VringDesc, ::vring_desc);
KCSAN_INTERNAL_SAME_FIELD(VringDesc, ::vring_desc, addr);
KCSAN_INTERNAL_SAME_FIELD(VringDesc, ::vring_desc, len);
KCSAN_INTERNAL_SAME_FIELD(VringDesc, ::vring_desc, flags);
KCSAN_INTERNAL_SAME_FIELD(VringDesc, ::vring_desc, next);
KCSAN_INTERNAL_SAME_STRUCT(VringAvail, ::vring_avail);
KCSAN_INTERNAL_SAME_FIELD(VringAvail, ::vring_avail, flags);
KCSAN_INTERNAL_SAME_FIELD(VringAvail, ::vring_avail, idx);
KCSAN_INTERNAL_SAME_RING(VringAvail, ::vring_avail);
KCSAN_INTERNAL_SAME_STRUCT(VringUsedElem, ::vring_used_elem);
KCSAN_INTERNAL_SAME_FIELD(VringUsedElem, ::vring_used_elem, id);
KCSAN_INTERNAL_SAME_FIELD(VringUsedElem, ::vring_used_elem, len);
KCSAN_INTERNAL_SAME_STRUCT(VringUsed, ::vring_used);
KCSAN_INTERNAL_SAME_FIELD(VringUsed, ::vring_used, flags);
KCSAN_INTERNAL_SAME_FIELD(VringUsed, ::vring_used, idx);
KCSAN_INTERNAL_SAME_RING(VringUsed, ::vring_used);
KCSAN_INTERNAL_SAME_STRUCT(VringPackedDesc, ::vring_packed_desc);
KCSAN_INTERNAL_SAME_FIELD(VringPackedDesc, ::vring_packed_desc, addr);
KCSAN_INTERNAL_SAME_FIELD(VringPackedDesc, ::vring_packed_desc, len);
KCSAN_INTERNAL_SAME_FIELD(VringPackedDesc, ::vring_packed_desc, id);
KCSAN_INTERNAL_SAME_FIELD(VringPackedDesc, ::vring_packed_desc, flags);
KCSAN_INTERNAL_SAME_STRUCT(VringPackedDescEvent, ::vring_packed_desc_event);
KCSAN_INTERNAL_SAME_FIELD(VringPackedDescEvent, ::vring_packed_desc_event,
                          off_wrap);
KCSAN_INTERNAL_SAME_FIELD(VringPackedDescEvent, ::vring_packed_desc_event,
                          flags);

#undef KCSAN_INTERNAL_SAME_STRUCT
#undef KCSAN_INTERNAL_SAME_FIELD
#undef KCSAN_INTERNAL_SAME_RING

}  // namespace kcsan

#endif  // KCSAN_ANNOTATIONS_VIRTIO_RING_LAYOUT_H_
