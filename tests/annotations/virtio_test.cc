// SPDX-License-Identifier: Apache-2.0
//
// Byte order: of pure functions, of the strong types, and of VIRTIO16_READ()
// and its kin, for hosts and devices of both kinds.

#include "kcsan/annotations/virtio.h"

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "doctest/doctest.h"
#include "kcsan/annotations/endian.h"
#include "kcsan/annotations/virtio_ring_layout.h"

namespace {

using kcsan::ByteOrder;
using kcsan::ConvertByteOrder;
using kcsan::kHostByteOrder;
using kcsan::VirtioByteOrder;

static_assert(ConvertByteOrder<ByteOrder::kLittle>(ByteOrder::kLittle,
                                                   std::uint16_t{0x1234}) ==
              0x1234);
static_assert(ConvertByteOrder<ByteOrder::kLittle>(ByteOrder::kBig,
                                                   std::uint16_t{0x1234}) ==
              0x3412);
static_assert(ConvertByteOrder<ByteOrder::kBig>(ByteOrder::kLittle,
                                                std::uint32_t{0x12345678}) ==
              0x78563412);
static_assert(ConvertByteOrder<ByteOrder::kBig>(ByteOrder::kBig,
                                                std::uint32_t{0x12345678}) ==
              0x12345678);
static_assert(ConvertByteOrder<ByteOrder::kBig>(
                  ByteOrder::kLittle, std::uint64_t{0x0123456789abcdef}) ==
              0xefcdab8967452301);

// Modern is little-endian, legacy is the host's own.
static_assert(virtio_is_little_endian(VirtioByteOrder::kModern));
static_assert(!virtio_is_little_endian(VirtioByteOrder::kLegacyBig));
static_assert(virtio_is_little_endian(VirtioByteOrder::kLegacy) ==
              (kHostByteOrder == ByteOrder::kLittle));

template <typename Strong, typename Raw>
constexpr bool kIsStrong =
    sizeof(Strong) == sizeof(Raw) && alignof(Strong) == alignof(Raw) &&
    std::is_trivial_v<Strong>&& std::is_standard_layout_v<Strong> &&
    !std::is_convertible_v<Strong, Raw> &&
    !std::is_convertible_v<Raw, Strong> &&
    !std::is_constructible_v<Raw, Strong> &&
    !std::is_constructible_v<Strong, Raw> &&
    !std::is_assignable_v<Strong&, Raw>;
static_assert(kIsStrong<kcsan::le16, std::uint16_t>);
static_assert(kIsStrong<kcsan::le32, std::uint32_t>);
static_assert(kIsStrong<kcsan::le64, std::uint64_t>);
static_assert(kIsStrong<kcsan::virtio16, std::uint16_t>);
static_assert(kIsStrong<kcsan::virtio32, std::uint32_t>);
static_assert(kIsStrong<kcsan::virtio64, std::uint64_t>);
static_assert(!std::is_convertible_v<kcsan::le16, kcsan::virtio16>);

// The bytes of an object, as one hexadecimal number read from left to right.
template <typename T>
std::uint64_t Bytes(const T& object) {
  unsigned char bytes[sizeof(T)];
  std::memcpy(bytes, &object, sizeof(T));
  std::uint64_t number = 0;
  for (const unsigned char byte : bytes) number = number << 8 | byte;
  return number;
}

TEST_CASE("strong types hold the bytes that they say") {
  CHECK(Bytes(kcsan::le16::FromCpu(0x1234)) == 0x3412);
  CHECK(Bytes(kcsan::le32::FromCpu(0x12345678)) == 0x78563412);
  CHECK(Bytes(kcsan::le64::FromCpu(0x0123456789abcdef)) == 0xefcdab8967452301);
  CHECK(kcsan::le32::FromCpu(77).ToCpu() == 77);
  const auto big =
      kcsan::virtio32::FromCpu(VirtioByteOrder::kLegacyBig, 0x12345678);
  CHECK(Bytes(big) == 0x12345678);
  CHECK(big.ToCpu(VirtioByteOrder::kLegacyBig) == 0x12345678);
  CHECK(big.ToCpu(VirtioByteOrder::kModern) == 0x78563412);
  const auto own = kcsan::virtio16::FromCpu(VirtioByteOrder::kLegacy, 0x1234);
  CHECK(own.Raw() == 0x1234);
  CHECK(kcsan::virtio16::FromRaw(5).Raw() == 5);
}

// A field of one width: what is written can be read, and lies in memory in the
// device's order.
#define CHECK_WIDTH(bits, value, little, big)                                  \
  do {                                                                         \
    const std::uint##bits##_t kValue = value;                                  \
    kcsan::virtio##bits strong = {};                                           \
    std::uint##bits##_t raw = 0;                                               \
    VIRTIO##bits##_WRITE(VirtioByteOrder::kModern, strong, kValue);            \
    VIRTIO##bits##_WRITE(VirtioByteOrder::kModern, raw, kValue);               \
    CHECK(Bytes(strong) == little);                                            \
    CHECK(Bytes(raw) == little);                                               \
    CHECK(VIRTIO##bits##_READ(VirtioByteOrder::kModern, strong) == kValue);    \
    CHECK(VIRTIO##bits##_READ(VirtioByteOrder::kModern, raw) == kValue);       \
    VIRTIO##bits##_WRITE(VirtioByteOrder::kLegacyBig, strong, kValue);         \
    CHECK(Bytes(strong) == big);                                               \
    CHECK(VIRTIO##bits##_READ(VirtioByteOrder::kLegacyBig, strong) == kValue); \
    VIRTIO##bits##_WRITE(VirtioByteOrder::kLegacy, raw, kValue);               \
    CHECK(raw == kValue);                                                      \
    kcsan::le##bits always = {};                                               \
    LE##bits##_WRITE(always, kValue);                                          \
    CHECK(Bytes(always) == little);                                            \
    CHECK(LE##bits##_READ(always) == kValue);                                  \
    LE##bits##_WRITE(raw, kValue);                                             \
    CHECK(Bytes(raw) == little);                                               \
    CHECK(LE##bits##_READ(raw) == kValue);                                     \
    static_assert(                                                             \
        std::is_same_v<decltype(LE##bits##_READ(raw)), std::uint##bits##_t>);  \
  } while (false)

TEST_CASE("reads and writes of every width, in every order") {
  CHECK_WIDTH(16, 0x1234, 0x3412, 0x1234);
  CHECK_WIDTH(32, 0x12345678, 0x78563412, 0x12345678);
  CHECK_WIDTH(64, 0x0123456789abcdef, 0xefcdab8967452301, 0x0123456789abcdef);
}

namespace driver {
struct Device {
  bool is_little;
  mutable int asked = 0;
};
bool virtio_is_little_endian(const Device& device) {
  ++device.asked;
  return device.is_little;
}
bool virtio_is_little_endian(const Device* device) {
  return virtio_is_little_endian(*device);
}
}  // namespace driver

TEST_CASE("a device of one's own, by reference and by pointer") {
  driver::Device device = {false};
  kcsan::virtio16 field = kcsan::virtio16::FromCpu(device, 0x1234);
  CHECK(Bytes(field) == 0x1234);
  device.asked = 0;
  CHECK(VIRTIO16_READ(device, field) == 0x1234);
  CHECK(VIRTIO16_READ(&device, field) == 0x1234);
  CHECK(device.asked == 2);
  device.is_little = true;
  const driver::Device* constant = &device;
  VIRTIO16_WRITE(constant, field, 0x1234);
  CHECK(Bytes(field) == 0x3412);
  CHECK(field.ToCpu(constant) == 0x1234);
  CHECK(VIRTIO16_READ(driver::Device{true}, field) == 0x1234);
}

TEST_CASE("the kernel's structures, and ours over them") {
  alignas(8) unsigned char memory[64] = {};
  auto* used = reinterpret_cast<::vring_used*>(memory);
  auto* ours = reinterpret_cast<kcsan::VringUsed*>(memory);
  const auto vdev = VirtioByteOrder::kModern;
  VIRTIO16_WRITE(vdev, used->idx, 7);
  CHECK(VIRTIO16_READ(vdev, ours->idx) == 7);
  VIRTIO32_WRITE(vdev, ours->ring[2].len, 0xabcd);
  CHECK(VIRTIO32_READ(vdev, used->ring[2].len) == 0xabcd);
  auto* packed = reinterpret_cast<::vring_packed_desc*>(memory);
  auto* our_packed = reinterpret_cast<kcsan::VringPackedDesc*>(memory);
  LE64_WRITE(packed[1].addr, 0x1000);
  LE16_WRITE(our_packed[1].flags, 0x80);
  CHECK(LE64_READ(our_packed[1].addr) == 0x1000);
  CHECK(LE16_READ(packed[1].flags) == 0x80);
  const volatile auto* constant = our_packed;
  CHECK(LE16_READ(constant[1].flags) == 0x80);
}

TEST_CASE("operands are evaluated once, and values convert") {
  kcsan::le16 fields[2] = {};
  kcsan::le16* next = fields;
  int value = 5;
  LE16_WRITE(*next++, value++);
  CHECK(value == 6);
  CHECK(next == fields + 1);
  next = fields;
  CHECK(LE16_READ(*next++) == 5);
  CHECK(next == fields + 1);
  int vdevs = 0;
  const auto vdev = [&vdevs] {
    ++vdevs;
    return VirtioByteOrder::kModern;
  };
  std::uint16_t raw = 0;
  VIRTIO16_WRITE(vdev(), raw, 3);
  CHECK(VIRTIO16_READ(vdev(), raw) == 3);
  CHECK(vdevs == 2);
}

TEST_CASE("the twins are the same") {
  std::uint16_t x = 0;
  KCSAN_VIRTIO16_WRITE(VirtioByteOrder::kModern, x, 5);
  CHECK(KCSAN_VIRTIO16_READ(VirtioByteOrder::kModern, x) == 5);
  KCSAN_LE16_WRITE(x, 6);
  CHECK(KCSAN_LE16_READ(x) == 6);
}

}  // namespace
