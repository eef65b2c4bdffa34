// SPDX-License-Identifier: Apache-2.0

#include "examples/virtio/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "kcsan/annotations/once_memcpy.h"

namespace virtio {
namespace {

absl::StatusOr<absl::Span<uint8_t>> Map(int fd, size_t size) {
  void* const base =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (base == MAP_FAILED) return absl::ErrnoToStatus(errno, "mmap");
  return absl::MakeSpan(static_cast<uint8_t*>(base), size);
}

}  // namespace

void UniqueFd::reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

uint64_t TotalLength(const Element* elements, uint32_t count) {
  uint64_t total = 0;
  for (uint32_t i = 0; i < count; ++i) total += elements[i].length;
  return total;
}

absl::StatusOr<SharedMemory> SharedMemory::Create(RingKind ring,
                                                  uint32_t queue_size) {
  const size_t size = MakeLayout(ring, queue_size).total;
  UniqueFd fd(memfd_create("virtqueue", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (fd.get() < 0) return absl::ErrnoToStatus(errno, "memfd_create");
  if (ftruncate(fd.get(), static_cast<off_t>(size)) != 0) {
    return absl::ErrnoToStatus(errno, "ftruncate");
  }
  // Sealed: a peer that shrinks it would kill us at our next access.
  if (fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) !=
      0) {
    return absl::ErrnoToStatus(errno, "fcntl(F_ADD_SEALS)");
  }
  const absl::StatusOr<absl::Span<uint8_t>> bytes = Map(fd.get(), size);
  if (!bytes.ok()) return bytes.status();
  const DeviceConfig config = {kMagic, ring, queue_size};
  std::memcpy(bytes->data(), &config, sizeof(config));
  return SharedMemory(std::move(fd), *bytes, ring, queue_size);
}

absl::StatusOr<SharedMemory> SharedMemory::Open(UniqueFd fd) {
  struct stat status = {};
  if (fstat(fd.get(), &status) != 0) return absl::ErrnoToStatus(errno, "fstat");
  const size_t size = static_cast<size_t>(status.st_size);
  if (size < sizeof(DeviceConfig)) {
    return absl::InvalidArgumentError("the shared memory is too small");
  }
  const absl::StatusOr<absl::Span<uint8_t>> bytes = Map(fd.get(), size);
  if (!bytes.ok()) return bytes.status();
  DeviceConfig config = {};
  std::memcpy(&config, bytes->data(), sizeof(config));
  // Owned from here on, so that an early return unmaps it.
  SharedMemory memory(std::move(fd), *bytes, config.ring, config.queue_size);
  if (config.magic != kMagic || config.ring > RingKind::kPacked ||
      !IsValidQueueSize(config.ring, config.queue_size) ||
      memory.layout().total != size) {
    return absl::InvalidArgumentError("the shared memory holds no virtqueue");
  }
  return memory;
}

SharedMemory::SharedMemory(UniqueFd fd, absl::Span<uint8_t> bytes,
                           RingKind ring, uint32_t queue_size)
    : fd_(std::move(fd)),
      bytes_(bytes),
      ring_(ring),
      queue_size_(queue_size),
      layout_(MakeLayout(ring, queue_size)) {}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : fd_(std::move(other.fd_)),
      bytes_(std::exchange(other.bytes_, {})),
      ring_(other.ring_),
      queue_size_(other.queue_size_),
      layout_(other.layout_) {}

SharedMemory::~SharedMemory() {
  if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

bool SharedMemory::Contains(const Element& element) const {
  // Written so that no sum can overflow. Buffers live behind the rings: a
  // descriptor that points into them is refused, too.
  return element.address >= layout_.buffers &&
         element.address <= bytes_.size() &&
         element.length <= bytes_.size() - element.address;
}

bool SharedMemory::CopyIn(const Element* elements, uint32_t count, uint8_t* to,
                          uint32_t size) const {
  uint32_t done = 0;
  for (uint32_t i = 0; i < count && done < size; ++i) {
    if (!Contains(elements[i])) return false;
    const uint32_t part = std::min(elements[i].length, size - done);
    once_memcpy(to + done, bytes_.data() + elements[i].address, part);
    done += part;
  }
  return done == size;
}

bool SharedMemory::CopyOut(const uint8_t* from, uint32_t size,
                           const Element* elements, uint32_t count) const {
  uint32_t done = 0;
  for (uint32_t i = 0; i < count && done < size; ++i) {
    if (!Contains(elements[i])) return false;
    const uint32_t part = std::min(elements[i].length, size - done);
    once_memcpy_to(bytes_.data() + elements[i].address, from + done, part);
    done += part;
  }
  return done == size;
}

}  // namespace virtio
