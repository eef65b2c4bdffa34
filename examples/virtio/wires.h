// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/wires.h
// -----------------------------------------------------------------------------
// What runs between driver and device beside the ring: the two notifications
// (spec 2.3), as eventfds, and a control socket. All the socket ever says is
// whether the other side is still there: "ready" as one byte, "finished" as the
// end of the stream, and "dead" the same way, since the kernel closes it then.

#ifndef EXAMPLES_VIRTIO_WIRES_H_
#define EXAMPLES_VIRTIO_WIRES_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "examples/virtio/shared_memory.h"

namespace virtio {

// One side's ends. Notifications are shared, the control socket is a pair.
struct Wires {
  UniqueFd kick;       // driver to device: "buffers are available"
  UniqueFd interrupt;  // device to driver: "buffers are used"
  UniqueFd control;
};

struct WirePair {
  Wires driver;
  Wires device;
};

absl::StatusOr<WirePair> MakeWires();

// Sends a notification. Never blocks.
void Notify(const UniqueFd& event);

enum class Woken { kNotified, kPeerGone, kTimeout };

// Waits for a notification, and takes it. Notifications that came before count.
// Waits for the peer's end alone if `event` is null. timeout_ms < 0: for ever.
Woken Wait(const UniqueFd* event, const UniqueFd& control, int timeout_ms);

// The greeting on the control socket.
void SayReady(const UniqueFd& control);
Woken WaitForReady(const UniqueFd& control, int timeout_ms);

// Tells the peer that we are finished, and still hears when it is.
void SayFinished(const UniqueFd& control);

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_WIRES_H_
