// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/flags.h
// -----------------------------------------------------------------------------
// The command line of virtio_ring.

#ifndef EXAMPLES_VIRTIO_FLAGS_H_
#define EXAMPLES_VIRTIO_FLAGS_H_

#include <cstdint>
#include <string>

#include "examples/virtio/layout.h"
#include "examples/virtio/more_used.h"

namespace virtio {

enum class DeviceKind { kThread, kProcess };

struct Flags {
  RingKind ring;
  Mark mark;
  DeviceKind device;
  uint32_t buffers;
  uint32_t queue_size;
  uint64_t seed;
};

enum class ParseResult { kRun, kHelp, kError };

// kHelp: *text is the usage. kError: *text names what is wrong.
ParseResult ParseFlags(int argc, char** argv, Flags* flags, std::string* text);

// The value's name, as it stands on the command line.
const char* NameOf(RingKind ring);
const char* NameOf(Mark mark);
const char* NameOf(DeviceKind device);

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_FLAGS_H_
