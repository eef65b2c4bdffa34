// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/virtio.h
// -----------------------------------------------------------------------------
// VIRTIO16_READ(), VIRTIO16_WRITE() and their kin of 32 and 64 bits,
// LE16_READ() and its kin: READ_ONCE() and WRITE_ONCE() of a virtqueue's
// fields, with the byte order done. For both sides of a virtqueue: the driver's
// and the device's.
//
// One macro for both, because a field in shared memory needs both, every time.
// virtio16_to_cpu(vdev, used->idx) gets the bytes right and reads plainly; a
// READ_ONCE(used->idx) compared with a number gets the access right and, on
// another machine, the bytes wrong.

#ifndef KCSAN_ANNOTATIONS_VIRTIO_H_
#define KCSAN_ANNOTATIONS_VIRTIO_H_

#include <stddef.h>
#include <stdint.h>

#include <type_traits>

#include "kcsan/annotations/endian.h"
#include "kcsan/annotations/internal/base.h"
#include "kcsan/annotations/internal/raw_access.h"
#include "kcsan/annotations/once.h"

// -----------------------------------------------------------------------------
// VIRTIO16_READ(vdev, x)       VIRTIO16_WRITE(vdev, x, v)
// VIRTIO32_READ(vdev, x)       VIRTIO32_WRITE(vdev, x, v)
// VIRTIO64_READ(vdev, x)       VIRTIO64_WRITE(vdev, x, v)
// -----------------------------------------------------------------------------
// Read or write a field that is kept in the device's byte order: all fields of
// a split virtqueue. Values are uint16_t (uint32_t, uint64_t) as the CPU has
// them. The access is that of READ_ONCE(x), WRITE_ONCE(x, v); see there.
//
// Example:
//
//   struct UsedRing {
//     kcsan::virtio16 flags;
//     kcsan::virtio16 idx;
//   };
//   struct Queue {
//     kcsan::VirtioByteOrder vdev;
//     UsedRing* used;
//     unsigned short last_used_idx;
//   };
//   bool MoreUsed(const Queue* vq) {
//     return vq->last_used_idx != VIRTIO16_READ(vq->vdev, vq->used->idx);
//   }
//
// vdev  the device, or a kcsan::VirtioByteOrder: see endian.h. Evaluated once.
// x     a field of the macro's width: a kcsan::virtio16, or a __virtio16 or
//       __u16 of <linux/virtio_ring.h>. As in READ_ONCE().
// v     what converts to uint16_t.
//
// Not given: order. Between an index and what it counts stands virtio_rmb() or
// virtio_wmb(); see barriers.h.
// Off: the volatile relaxed access; a byte swap where host and device differ,
// which the compiler leaves out where `vdev` is constant and says that they do
// not.
// Errors: a field of another width, a kcsan::le16, a signed field and a device
// that nobody knows do not compile.
#define KCSAN_VIRTIO16_READ(vdev, x) KCSAN_INTERNAL_VIRTIO_READ(16, vdev, x, #x)
#define KCSAN_VIRTIO32_READ(vdev, x) KCSAN_INTERNAL_VIRTIO_READ(32, vdev, x, #x)
#define KCSAN_VIRTIO64_READ(vdev, x) KCSAN_INTERNAL_VIRTIO_READ(64, vdev, x, #x)
#define KCSAN_VIRTIO16_WRITE(vdev, x, ...) \
  KCSAN_INTERNAL_VIRTIO_WRITE(16, vdev, x, #x, __VA_ARGS__)
#define KCSAN_VIRTIO32_WRITE(vdev, x, ...) \
  KCSAN_INTERNAL_VIRTIO_WRITE(32, vdev, x, #x, __VA_ARGS__)
#define KCSAN_VIRTIO64_WRITE(vdev, x, ...) \
  KCSAN_INTERNAL_VIRTIO_WRITE(64, vdev, x, #x, __VA_ARGS__)

// -----------------------------------------------------------------------------
// LE16_READ(x)                 LE16_WRITE(x, v)
// LE32_READ(x)                 LE32_WRITE(x, v)
// LE64_READ(x)                 LE64_WRITE(x, v)
// -----------------------------------------------------------------------------
// The same for a field that is little-endian whatever the device: all fields of
// a packed virtqueue, and the structures of most PCI devices.
//
// Example:
//
//   struct PackedDescriptor {
//     kcsan::le64 addr;
//     kcsan::le32 len;
//     kcsan::le16 id;
//     kcsan::le16 flags;
//   };
//   void MakeAvailable(PackedDescriptor* desc, unsigned short flags) {
//     virtio_wmb(true);  // the descriptor before its flags
//     LE16_WRITE(desc->flags, flags);
//   }
//
// x  a field of the macro's width: a kcsan::le16, or a __le16 or __u16.
#define KCSAN_LE16_READ(x) KCSAN_INTERNAL_LE_READ(16, x, #x)
#define KCSAN_LE32_READ(x) KCSAN_INTERNAL_LE_READ(32, x, #x)
#define KCSAN_LE64_READ(x) KCSAN_INTERNAL_LE_READ(64, x, #x)
#define KCSAN_LE16_WRITE(x, ...) KCSAN_INTERNAL_LE_WRITE(16, x, #x, __VA_ARGS__)
#define KCSAN_LE32_WRITE(x, ...) KCSAN_INTERNAL_LE_WRITE(32, x, #x, __VA_ARGS__)
#define KCSAN_LE64_WRITE(x, ...) KCSAN_INTERNAL_LE_WRITE(64, x, #x, __VA_ARGS__)

// -----------------------------------------------------------------------------
// Implementation
// -----------------------------------------------------------------------------

#define KCSAN_INTERNAL_VIRTIO_READ(bits, vdev, x, text)        \
  ::kcsan::annotation_internal::ReadField<                     \
      bits, ::kcsan::annotation_internal::FieldKind::kVirtio>( \
      ::kcsan::annotation_internal::DeviceByteOrder(vdev),     \
      KCSAN_INTERNAL_TYPE_OF(x), KCSAN_INTERNAL_ALIGN_OF(x),   \
      KCSAN_INTERNAL_ADDRESS_OF(x), KCSAN_INTERNAL_SITE_ARG(text))
#define KCSAN_INTERNAL_VIRTIO_WRITE(bits, vdev, x, text, ...)      \
  ::kcsan::annotation_internal::WriteField<                        \
      bits, ::kcsan::annotation_internal::FieldKind::kVirtio>(     \
      ::kcsan::annotation_internal::DeviceByteOrder(vdev),         \
      KCSAN_INTERNAL_TYPE_OF(x), KCSAN_INTERNAL_ALIGN_OF(x),       \
      KCSAN_INTERNAL_ADDRESS_OF(x), KCSAN_INTERNAL_SITE_ARG(text), \
      __VA_ARGS__)
#define KCSAN_INTERNAL_LE_READ(bits, x, text)                   \
  ::kcsan::annotation_internal::ReadField<                      \
      bits, ::kcsan::annotation_internal::FieldKind::kLittle>(  \
      ::kcsan::ByteOrder::kLittle, KCSAN_INTERNAL_TYPE_OF(x),   \
      KCSAN_INTERNAL_ALIGN_OF(x), KCSAN_INTERNAL_ADDRESS_OF(x), \
      KCSAN_INTERNAL_SITE_ARG(text))
#define KCSAN_INTERNAL_LE_WRITE(bits, x, text, ...)             \
  ::kcsan::annotation_internal::WriteField<                     \
      bits, ::kcsan::annotation_internal::FieldKind::kLittle>(  \
      ::kcsan::ByteOrder::kLittle, KCSAN_INTERNAL_TYPE_OF(x),   \
      KCSAN_INTERNAL_ALIGN_OF(x), KCSAN_INTERNAL_ADDRESS_OF(x), \
      KCSAN_INTERNAL_SITE_ARG(text), __VA_ARGS__)

namespace kcsan {
inline namespace KCSAN_INTERNAL_MODE_TAG {
namespace annotation_internal {

// Which of the two families a field belongs to; kRaw fits both.
enum class FieldKind { kNone, kRaw, kVirtio, kLittle };

template <typename T>
constexpr FieldKind KindOf() {
  if constexpr (std::is_same_v<T, virtio16> || std::is_same_v<T, virtio32> ||
                std::is_same_v<T, virtio64>) {
    return FieldKind::kVirtio;
  } else if constexpr (std::is_same_v<T, le16> || std::is_same_v<T, le32> ||
                       std::is_same_v<T, le64>) {
    return FieldKind::kLittle;
  } else if constexpr (std::is_integral_v<T> && std::is_unsigned_v<T> &&
                       !std::is_same_v<T, bool>) {
    return FieldKind::kRaw;
  } else {
    return FieldKind::kNone;
  }
}

// One sentence for one mistake: each is looked at only if those before held.
template <size_t kBits, FieldKind kWanted, typename T>
constexpr bool IsField() {
  constexpr FieldKind kKind = KindOf<T>();
  static_assert(kKind != FieldKind::kNone,
                "VIRTIO*/LE*_READ/WRITE: the field must be an unsigned integer "
                "of <linux/virtio_ring.h> (__virtio16, __le32, ...), or a "
                "kcsan::virtio16, kcsan::le32, ...");
  constexpr bool kIsVirtioOnly =
      kKind == FieldKind::kVirtio && kWanted == FieldKind::kLittle;
  static_assert(!kIsVirtioOnly,
                "LE*_READ/WRITE: this field is in the device's byte order. Use "
                "VIRTIO*_READ/WRITE, with the device.");
  constexpr bool kIsLittleOnly =
      kKind == FieldKind::kLittle && kWanted == FieldKind::kVirtio;
  static_assert(!kIsLittleOnly,
                "VIRTIO*_READ/WRITE: this field is little-endian whatever the "
                "device. Use LE*_READ/WRITE.");
  constexpr bool kIsKind =
      kKind != FieldKind::kNone && !kIsVirtioOnly && !kIsLittleOnly;
  constexpr bool kIsWidth = !kIsKind || sizeof(T) * 8 == kBits;
  static_assert(kIsWidth,
                "VIRTIO*/LE*_READ/WRITE: the field is not as wide as the "
                "macro's name says. 16 bits take VIRTIO16_READ or LE16_READ, "
                "and so on.");
  return kIsKind && kIsWidth;
}

template <size_t kBits, FieldKind kWanted, typename X, size_t kAlign>
KCSAN_INTERNAL_INLINE auto ReadField(ByteOrder order, X* type,
                                     char (*align)[kAlign],
                                     const volatile void* ptr,
                                     const char* site) {
  using Value = typename Word<kBits / 8>::Value;
  using T = std::remove_cv_t<X>;
  if constexpr (IsField<kBits, kWanted, T>()) {
    return ConvertByteOrder(
        order, __builtin_bit_cast(Value, ReadOnce(type, align, ptr, site)));
  } else {
    return Value{};
  }
}

template <size_t kBits, FieldKind kWanted, typename X, size_t kAlign>
KCSAN_INTERNAL_INLINE void WriteField(ByteOrder order, X* type,
                                      char (*align)[kAlign],
                                      const volatile void* ptr,
                                      const char* site,
                                      typename Word<kBits / 8>::Value value) {
  using T = std::remove_cv_t<X>;
  if constexpr (IsField<kBits, kWanted, T>()) {
    WriteOnce(type, align, ptr, site,
              __builtin_bit_cast(T, ConvertByteOrder(order, value)));
  }
}

}  // namespace annotation_internal
}  // namespace KCSAN_INTERNAL_MODE_TAG
}  // namespace kcsan

#include "kcsan/annotations/short_names.inc"

#endif  // KCSAN_ANNOTATIONS_VIRTIO_H_
