// SPDX-License-Identifier: Apache-2.0

#include <pthread.h>

#include <thread>
#include <utility>

#include "examples/virtio/device.h"
#include "examples/virtio/device_link.h"

namespace virtio {
namespace {

class ThreadDevice : public DeviceLink {
 public:
  ThreadDevice(const SharedMemory& memory, WirePair pair)
      : wires_(std::move(pair.driver)), device_wires_(std::move(pair.device)) {
    thread_ = std::thread([this, &memory] {
      status_ = RunDevice(memory, device_wires_);
      // What the kernel does for a process that ends.
      device_wires_.control.reset();
    });
    pthread_setname_np(thread_.native_handle(), "virtio-device");
  }

  ~ThreadDevice() override {
    if (thread_.joinable()) Stop().IgnoreError();
  }

  const Wires& wires() const override { return wires_; }

  absl::Status Stop() override {
    SayFinished(wires_.control);
    thread_.join();
    return status_;
  }

 private:
  Wires wires_;
  Wires device_wires_;
  absl::Status status_;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<DeviceLink>> StartThreadDevice(
    const SharedMemory& memory) {
  absl::StatusOr<WirePair> pair = MakeWires();
  if (!pair.ok()) return pair.status();
  auto link = std::make_unique<ThreadDevice>(memory, *std::move(pair));
  // For ever: a thread starts, sooner or later.
  WaitForReady(link->wires().control, -1);
  return link;
}

}  // namespace virtio
