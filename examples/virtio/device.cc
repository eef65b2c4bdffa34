// SPDX-License-Identifier: Apache-2.0

#include "examples/virtio/device.h"

#include <memory>

#include "examples/virtio/packed_device.h"
#include "examples/virtio/request.h"
#include "examples/virtio/split_device.h"
#include "examples/virtio/virtqueue.h"

namespace virtio {
namespace {

// Buffers that are taken together and given back in reverse. The order of use
// is the device's choice (spec 2.7.9 and 2.8.8; IN_ORDER is not offered), and
// a driver that relies on it has a bug to be found.
constexpr int kBatchSize = 4;

class Device {
 public:
  Device(const SharedMemory& memory, const Wires& wires)
      : memory_(memory), wires_(wires) {
    if (memory.ring() == RingKind::kSplit) {
      queue_ = std::make_unique<SplitDevice>(memory);
    } else {
      queue_ = std::make_unique<PackedDevice>(memory);
    }
  }

  absl::Status Run() {
    SayReady(wires_.control);
    for (;;) {
      queue_->DisableKicks();
      absl::Status status = ServeAll();
      if (!status.ok()) return status;
      // The driver may have added a buffer after we looked, and not have
      // notified us because we told it not to. So: allow notifications, look
      // again, and sleep only if there is still nothing.
      queue_->EnableKicks();
      status = ServeAll();
      if (!status.ok()) return status;
      // No timeout: an idle driver is fine, and a dead one is noticed.
      if (Wait(&wires_.kick, wires_.control, -1) == Woken::kPeerGone) {
        return absl::OkStatus();
      }
    }
  }

 private:
  absl::Status ServeAll() {
    for (;;) {
      DeviceBuffer batch[kBatchSize];
      uint32_t written[kBatchSize];
      int size = 0;
      while (size < kBatchSize) {
        const Found found = queue_->Pop(&batch[size]);
        if (found == Found::kBroken) {
          return absl::InvalidArgumentError(queue_->error());
        }
        if (found == Found::kNothing) break;
        if (!Serve(batch[size].chain, &written[size])) {
          return absl::InvalidArgumentError("a buffer that holds no request");
        }
        ++size;
      }
      if (size == 0) return absl::OkStatus();
      for (int i = size - 1; i >= 0; --i) queue_->Push(batch[i], written[i]);
      if (queue_->NeedsInterrupt()) Notify(wires_.interrupt);
    }
  }

  bool Serve(const Chain& chain, uint32_t* written) {
    Message request = {};
    const uint64_t size = TotalLength(chain.readable(), chain.num_readable);
    if (size > sizeof(request.bytes)) return false;
    request.size = static_cast<uint32_t>(size);
    if (!memory_.CopyIn(chain.readable(), chain.num_readable, request.bytes,
                        request.size)) {
      return false;
    }
    Message response;
    if (!MakeResponse(request, &response)) return false;
    *written = response.size;
    return memory_.CopyOut(response.bytes, response.size, chain.writable(),
                           chain.num_writable);
  }

  const SharedMemory& memory_;
  const Wires& wires_;
  std::unique_ptr<DeviceQueue> queue_;
};

}  // namespace

absl::Status RunDevice(const SharedMemory& memory, const Wires& wires) {
  return Device(memory, wires).Run();
}

}  // namespace virtio
