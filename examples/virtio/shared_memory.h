// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/shared_memory.h
// -----------------------------------------------------------------------------
// The memory that driver and device share, as a memfd: both sides may be
// threads of one process or two programs. And, because everything that is
// shared here is a file descriptor, an owner for those.

#ifndef EXAMPLES_VIRTIO_SHARED_MEMORY_H_
#define EXAMPLES_VIRTIO_SHARED_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "examples/virtio/layout.h"
#include "examples/virtio/virtqueue.h"

namespace virtio {

// Owns a file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  void reset();

 private:
  int fd_ = -1;
};

class SharedMemory {
 public:
  // Driver: new memory, zeroed, with the DeviceConfig at its start.
  static absl::StatusOr<SharedMemory> Create(RingKind ring,
                                             uint32_t queue_size);
  // Device: the driver's memory. Fails if what is in there makes no sense.
  static absl::StatusOr<SharedMemory> Open(UniqueFd fd);

  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&& other) = delete;
  ~SharedMemory();

  int fd() const { return fd_.get(); }
  RingKind ring() const { return ring_; }
  uint32_t queue_size() const { return queue_size_; }
  const Layout& layout() const { return layout_; }

  // A part of the queue at its place in the layout.
  template <typename T>
  T* At(size_t offset) const {
    return static_cast<T*>(static_cast<void*>(bytes_.data() + offset));
  }

  // Copies between private memory and elements of a buffer. False, and nothing
  // useful copied, if an element lies outside or they are too short for `size`.
  // That the buffer is the caller's was settled by index and barrier. The copy
  // is marked all the same, because the peer may be broken: what is checked
  // afterwards must be the bytes that were copied, read once.
  bool CopyIn(const Element* elements, uint32_t count, uint8_t* to,
              uint32_t size) const;
  bool CopyOut(const uint8_t* from, uint32_t size, const Element* elements,
               uint32_t count) const;

 private:
  SharedMemory(UniqueFd fd, absl::Span<uint8_t> bytes, RingKind ring,
               uint32_t queue_size);
  bool Contains(const Element& element) const;

  UniqueFd fd_;
  absl::Span<uint8_t> bytes_;
  RingKind ring_;
  uint32_t queue_size_;
  Layout layout_;
};

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_SHARED_MEMORY_H_
