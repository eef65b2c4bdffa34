// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/endian.h
// -----------------------------------------------------------------------------
// Integers whose byte order is part of their type: kcsan::le16, le32, le64
// (always little-endian) and kcsan::virtio16, virtio32, virtio64 (the order of
// a virtio device). For structures that describe memory which somebody else
// reads too: an accidental `ring->idx == 3` does not compile, since no such
// type converts to or from an integer by itself.
//
// They have the size, the alignment and the bytes of the integer, are trivial
// and of standard layout, and so may lie over the structures of
// <linux/virtio_ring.h>: see virtio_ring_layout.h.
//
// The functions here are for copies that nobody else sees. Shared memory is
// accessed by VIRTIO16_READ(), LE16_READ() and their kin in virtio.h.

#ifndef KCSAN_ANNOTATIONS_ENDIAN_H_
#define KCSAN_ANNOTATIONS_ENDIAN_H_

#include <stdint.h>

#include <type_traits>
#include <utility>

#include "kcsan/annotations/internal/base.h"

namespace kcsan {

enum class ByteOrder { kLittle, kBig };

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
inline constexpr ByteOrder kHostByteOrder = ByteOrder::kLittle;
#elif __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
inline constexpr ByteOrder kHostByteOrder = ByteOrder::kBig;
#else
#error "kcsan/annotations/endian.h knows little and big endian only."
#endif

// The same bytes the other way round.
KCSAN_INTERNAL_INLINE constexpr uint16_t SwapBytes(uint16_t value) {
  return __builtin_bswap16(value);
}
KCSAN_INTERNAL_INLINE constexpr uint32_t SwapBytes(uint32_t value) {
  return __builtin_bswap32(value);
}
KCSAN_INTERNAL_INLINE constexpr uint64_t SwapBytes(uint64_t value) {
  return __builtin_bswap64(value);
}

// `value` of the host's byte order in the order `other`, or the reverse. The
// host's order is an argument, so that every host can be tested on every other.
template <ByteOrder kHost = kHostByteOrder, typename T>
KCSAN_INTERNAL_INLINE constexpr T ConvertByteOrder(ByteOrder other, T value) {
  return other == kHost ? value : SwapBytes(value);
}

// -----------------------------------------------------------------------------
// kcsan::VirtioByteOrder
// virtio_is_little_endian(vdev)
// -----------------------------------------------------------------------------
// What VIRTIO16_READ(vdev, x) asks of a device: in which byte order it keeps
// its structures. Modern devices (VIRTIO_F_VERSION_1) are little-endian. Legacy
// devices have the byte order of the guest: that of this host, unless a guest
// of another kind is emulated here.
//
// As `vdev` pass a constant of VirtioByteOrder, or a device of your own, by
// reference or pointer. For that declare a function virtio_is_little_endian()
// that takes it, in the device type's namespace.
//
// Example:
//
//   struct MyDevice {
//     bool has_version_1;
//   };
//   inline bool virtio_is_little_endian(const MyDevice* device) {
//     return virtio_is_little_endian(device->has_version_1
//                                        ? kcsan::VirtioByteOrder::kModern
//                                        : kcsan::VirtioByteOrder::kLegacy);
//   }
enum class VirtioByteOrder {
  kModern,     // little-endian
  kLegacy,     // this host's
  kLegacyBig,  // big-endian: a legacy device, towards a big-endian guest
};

KCSAN_INTERNAL_INLINE constexpr bool virtio_is_little_endian(
    VirtioByteOrder order) {
  return order == VirtioByteOrder::kModern ||
         (order == VirtioByteOrder::kLegacy &&
          kHostByteOrder == ByteOrder::kLittle);
}

inline namespace KCSAN_INTERNAL_MODE_TAG {
namespace annotation_internal {

template <typename V, typename = void>
struct IsVirtioDevice : std::false_type {};
template <typename V>
struct IsVirtioDevice<
    V, std::void_t<decltype(virtio_is_little_endian(std::declval<V>()))>>
    : std::true_type {};

// Finds the user's function by the type of its argument.
template <typename V>
KCSAN_INTERNAL_INLINE constexpr ByteOrder DeviceByteOrder(V&& vdev) {
  static_assert(IsVirtioDevice<V>::value,
                "vdev: there is no virtio_is_little_endian() for this type. "
                "Declare one in the namespace of the device, or pass a "
                "kcsan::VirtioByteOrder.");
  if constexpr (IsVirtioDevice<V>::value) {
    return virtio_is_little_endian(static_cast<V&&>(vdev)) ? ByteOrder::kLittle
                                                           : ByteOrder::kBig;
  } else {
    return ByteOrder::kLittle;
  }
}

}  // namespace annotation_internal
}  // namespace KCSAN_INTERNAL_MODE_TAG

// -----------------------------------------------------------------------------
// kcsan::le16   kcsan::le32   kcsan::le64
// -----------------------------------------------------------------------------
//
// Example:
//
//   unsigned LengthOf(kcsan::le32 field) { return field.ToCpu(); }
//   kcsan::le32 MakeLength(unsigned length) {
//     return kcsan::le32::FromCpu(length);
//   }
template <typename T>
class LittleEndian {
 public:
  LittleEndian() = default;
  KCSAN_INTERNAL_INLINE static constexpr LittleEndian FromCpu(T value) {
    return LittleEndian(ConvertByteOrder(ByteOrder::kLittle, value));
  }
  KCSAN_INTERNAL_INLINE static constexpr LittleEndian FromRaw(T bits) {
    return LittleEndian(bits);
  }
  KCSAN_INTERNAL_INLINE constexpr T ToCpu() const {
    return ConvertByteOrder(ByteOrder::kLittle, bits_);
  }
  // As in memory. Means nothing as a number.
  KCSAN_INTERNAL_INLINE constexpr T Raw() const { return bits_; }

 private:
  KCSAN_INTERNAL_INLINE explicit constexpr LittleEndian(T bits) : bits_(bits) {}
  T bits_;
};

using le16 = LittleEndian<uint16_t>;
using le32 = LittleEndian<uint32_t>;
using le64 = LittleEndian<uint64_t>;

// -----------------------------------------------------------------------------
// kcsan::virtio16   kcsan::virtio32   kcsan::virtio64
// -----------------------------------------------------------------------------
//
// Example:
//
//   bool HasNext(kcsan::VirtioByteOrder vdev, kcsan::virtio16 flags) {
//     return (flags.ToCpu(vdev) & 1) != 0;
//   }
template <typename T>
class VirtioEndian {
 public:
  VirtioEndian() = default;
  template <typename V>
  KCSAN_INTERNAL_INLINE static constexpr VirtioEndian FromCpu(V&& vdev,
                                                              T value) {
    return VirtioEndian(ConvertByteOrder(
        annotation_internal::DeviceByteOrder(static_cast<V&&>(vdev)), value));
  }
  KCSAN_INTERNAL_INLINE static constexpr VirtioEndian FromRaw(T bits) {
    return VirtioEndian(bits);
  }
  template <typename V>
  KCSAN_INTERNAL_INLINE constexpr T ToCpu(V&& vdev) const {
    return ConvertByteOrder(
        annotation_internal::DeviceByteOrder(static_cast<V&&>(vdev)), bits_);
  }
  // As in memory. Means nothing as a number.
  KCSAN_INTERNAL_INLINE constexpr T Raw() const { return bits_; }

 private:
  KCSAN_INTERNAL_INLINE explicit constexpr VirtioEndian(T bits) : bits_(bits) {}
  T bits_;
};

using virtio16 = VirtioEndian<uint16_t>;
using virtio32 = VirtioEndian<uint32_t>;
using virtio64 = VirtioEndian<uint64_t>;

}  // namespace kcsan

#endif  // KCSAN_ANNOTATIONS_ENDIAN_H_
