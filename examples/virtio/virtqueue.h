// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/virtqueue.h
// -----------------------------------------------------------------------------
// A virtqueue as the two sides see it, whatever the format of its ring. The
// rest of the example knows no more than this; the rings themselves are in
// split_driver, packed_driver, split_device and packed_device.
//
// Both sides distrust each other: what the peer wrote is read once, checked,
// and then used from the private copy. So everything in the shared memory is
// accessed by marked accesses (VIRTIO16_READ and kin, once_memcpy), with one
// exception: the read in more_used.cc, which is the subject of the example.

#ifndef EXAMPLES_VIRTIO_VIRTQUEUE_H_
#define EXAMPLES_VIRTIO_VIRTQUEUE_H_

#include <cstdint>

#include "examples/virtio/layout.h"

namespace virtio {

// A piece of the shared memory.
struct Element {
  uint64_t address;
  uint32_t length;
};

// A buffer: elements that the device reads, then elements that it writes (the
// order that spec 2.7.4.2 and 2.8.17 demand).
struct Chain {
  Element elements[kMaxChainLength];
  uint32_t num_readable;
  uint32_t num_writable;

  uint32_t length() const { return num_readable + num_writable; }
  const Element* readable() const { return elements; }
  const Element* writable() const { return elements + num_readable; }
};

// Total length of some elements. 64 bits, because a peer may claim anything.
uint64_t TotalLength(const Element* elements, uint32_t count);

// The answer to "is there anything?".
enum class Found {
  kNothing,
  kBuffer,
  // The peer broke the protocol. Nothing more will come of this queue.
  kBroken,
};

struct UsedBuffer {
  // What the driver gave to Add().
  uint32_t cookie;
  // Bytes that the device wrote.
  uint32_t written;
};

class DriverQueue {
 public:
  virtual ~DriverQueue() = default;

  // Makes the buffer available. There must be room for it.
  virtual void Add(const Chain& chain, uint32_t cookie) = 0;

  // Descriptors that are free: the longest chain for which there is room.
  virtual uint32_t NumFree() const = 0;

  // After some calls of Add(): must the device be notified?
  virtual bool NeedsKick() = 0;

  // Takes back one buffer that the device has used.
  virtual Found GetBuf(UsedBuffer* used) = 0;

  // Whether the device shall notify of used buffers. It may have used some just
  // before: after EnableInterrupts(), call GetBuf() once more.
  virtual void EnableInterrupts() = 0;
  virtual void DisableInterrupts() = 0;

  // What was wrong, after Found::kBroken.
  const char* error() const { return error_; }

 protected:
  Found Broken(const char* error) {
    error_ = error;
    return Found::kBroken;
  }

 private:
  const char* error_ = "";
};

// An available buffer, as the device took it from the ring.
struct DeviceBuffer {
  // Names the buffer to the driver: index of the first descriptor (split) or
  // buffer id (packed).
  uint16_t id;
  Chain chain;
};

class DeviceQueue {
 public:
  virtual ~DeviceQueue() = default;

  // Takes one available buffer.
  virtual Found Pop(DeviceBuffer* buffer) = 0;

  // Gives it back, `written` bytes of it written. In any order.
  virtual void Push(const DeviceBuffer& buffer, uint32_t written) = 0;

  // After some calls of Push(): must the driver be notified?
  virtual bool NeedsInterrupt() = 0;

  // Whether the driver shall notify of available buffers. It may have added
  // some just before: after EnableKicks(), call Pop() once more.
  virtual void EnableKicks() = 0;
  virtual void DisableKicks() = 0;

  const char* error() const { return error_; }

 protected:
  Found Broken(const char* error) {
    error_ = error;
    return Found::kBroken;
  }

 private:
  const char* error_ = "";
};

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_VIRTQUEUE_H_
