// SPDX-License-Identifier: Apache-2.0

#include "examples/virtio/request.h"

#include <endian.h>

#include <cstring>

namespace virtio {
namespace {

struct Header {
  uint32_t sequence;
  uint32_t payload_size;
  uint64_t checksum;
};
static_assert(sizeof(Header) == kHeaderSize, "no padding");

// FNV-1a over sequence number and payload.
uint64_t Checksum(uint32_t sequence, const uint8_t* payload, uint32_t size) {
  uint64_t hash = 0xcbf29ce484222325 ^ sequence;
  for (uint32_t i = 0; i < size; ++i) {
    hash = (hash ^ payload[i]) * 0x100000001b3;
  }
  return hash;
}

// Writes the header before a payload that is in place.
void Seal(uint32_t sequence, uint32_t payload_size, Message* message) {
  Header header = {};
  header.sequence = htole32(sequence);
  header.payload_size = htole32(payload_size);
  header.checksum =
      htole64(Checksum(sequence, message->bytes + kHeaderSize, payload_size));
  std::memcpy(message->bytes, &header, kHeaderSize);
  message->size = kHeaderSize + payload_size;
}

}  // namespace

uint64_t Mix(uint64_t seed, uint64_t n) {
  // SplitMix64, jumped to its n-th number.
  uint64_t z = seed + (n + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

Message MakeRequest(uint64_t seed, uint32_t sequence) {
  const uint64_t random = Mix(seed, sequence);
  const uint32_t payload_size =
      1 + static_cast<uint32_t>(random % kMaxPayloadSize);
  Message message = {};
  for (uint32_t i = 0; i < payload_size; ++i) {
    message.bytes[kHeaderSize + i] =
        static_cast<uint8_t>((random >> (i % 57)) + i);
  }
  Seal(sequence, payload_size, &message);
  return message;
}

bool MakeResponse(const Message& request, Message* response) {
  if (request.size < kHeaderSize || request.size > sizeof(request.bytes)) {
    return false;
  }
  Header header = {};
  std::memcpy(&header, request.bytes, kHeaderSize);
  const uint32_t sequence = le32toh(header.sequence);
  const uint32_t payload_size = le32toh(header.payload_size);
  const uint8_t* payload = request.bytes + kHeaderSize;
  if (payload_size != request.size - kHeaderSize) return false;
  if (le64toh(header.checksum) != Checksum(sequence, payload, payload_size)) {
    return false;
  }
  *response = Message{};
  for (uint32_t i = 0; i < payload_size; ++i) {
    const uint8_t key = static_cast<uint8_t>(sequence + 7 * i + 0x5a);
    response->bytes[kHeaderSize + i] = payload[payload_size - 1 - i] ^ key;
  }
  Seal(sequence, payload_size, response);
  return true;
}

}  // namespace virtio
