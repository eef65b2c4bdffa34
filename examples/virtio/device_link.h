// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/device_link.h
// -----------------------------------------------------------------------------
// The driver's hold on its device: starts it, hears of its end, stops it.

#ifndef EXAMPLES_VIRTIO_DEVICE_LINK_H_
#define EXAMPLES_VIRTIO_DEVICE_LINK_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "examples/virtio/shared_memory.h"
#include "examples/virtio/wires.h"

namespace virtio {

class DeviceLink {
 public:
  virtual ~DeviceLink() = default;

  // The driver's ends.
  virtual const Wires& wires() const = 0;

  // Lets the device finish and waits for it, also when it has gone already.
  // Says how it ended. To be called once.
  virtual absl::Status Stop() = 0;
};

// A thread of this program. `memory` must outlive the link.
absl::StatusOr<std::unique_ptr<DeviceLink>> StartThreadDevice(
    const SharedMemory& memory);

// The program virtio_device, which lies beside this one.
absl::StatusOr<std::unique_ptr<DeviceLink>> StartProcessDevice(
    const SharedMemory& memory);

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_DEVICE_LINK_H_
