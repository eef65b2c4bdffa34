// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/device.h
// -----------------------------------------------------------------------------
// The device: takes requests from the queue, answers them, gives them back. It
// runs on a thread of the driver's program (there built with the detector) or
// as the program virtio_device (there built without).

#ifndef EXAMPLES_VIRTIO_DEVICE_H_
#define EXAMPLES_VIRTIO_DEVICE_H_

#include "absl/status/status.h"
#include "examples/virtio/shared_memory.h"
#include "examples/virtio/wires.h"

namespace virtio {

// Serves the queue until the driver is finished or gone. An error means that
// the driver put something into the queue that makes no sense.
absl::Status RunDevice(const SharedMemory& memory, const Wires& wires);

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_DEVICE_H_
