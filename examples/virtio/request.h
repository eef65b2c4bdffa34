// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/request.h
// -----------------------------------------------------------------------------
// What goes through the ring: messages that can be told intact from damaged.
// The driver sends a request; the device answers with its payload reversed and
// enciphered, so that an answer can be neither an echo nor left over from
// before. Works on private memory only.

#ifndef EXAMPLES_VIRTIO_REQUEST_H_
#define EXAMPLES_VIRTIO_REQUEST_H_

#include <cstdint>

#include "examples/virtio/layout.h"

namespace virtio {

inline constexpr uint32_t kHeaderSize = 16;
inline constexpr uint32_t kMaxPayloadSize = kHalfBufferSize - kHeaderSize;

// A message: 16 bytes of header (little-endian sequence number, payload size
// and checksum), then the payload.
struct Message {
  uint8_t bytes[kHalfBufferSize];
  uint32_t size;
};

// The request with this sequence number. The same one for the same seed.
Message MakeRequest(uint64_t seed, uint32_t sequence);

// Parses and answers what the device received. False: it is not a request.
bool MakeResponse(const Message& request, Message* response);

// A random number that is a function of its arguments.
uint64_t Mix(uint64_t seed, uint64_t n);

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_REQUEST_H_
