// SPDX-License-Identifier: Apache-2.0
//
// A virtqueue under a race detector, rebuilt from a mail thread on KCSAN in the
// Linux kernel: the driver polls a word that the device writes, and the report
// says "race at unknown origin", because nobody saw the device. Is that a false
// alarm, to be silenced by data_race()? Or does the read want a mark? Run it
// with each --mark and compare the four ways in more_used.cc.

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "examples/virtio/device_link.h"
#include "examples/virtio/flags.h"
#include "examples/virtio/packed_driver.h"
#include "examples/virtio/shared_memory.h"
#include "examples/virtio/split_driver.h"
#include "examples/virtio/workload.h"

namespace {

constexpr int kExitIntact = 0;
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

int Fail(const char* what, const absl::Status& status) {
  const std::string message(status.message());
  std::fprintf(stderr, "virtio_ring: %s%s\n", what, message.c_str());
  return kExitFailed;
}

std::unique_ptr<virtio::DriverQueue> MakeDriver(
    const virtio::SharedMemory& memory, virtio::Mark mark) {
  if (memory.ring() == virtio::RingKind::kSplit) {
    return std::make_unique<virtio::SplitDriver>(memory, mark);
  }
  return std::make_unique<virtio::PackedDriver>(memory, mark);
}

int Run(const virtio::Flags& flags) {
  const absl::StatusOr<virtio::SharedMemory> memory =
      virtio::SharedMemory::Create(flags.ring, flags.queue_size);
  if (!memory.ok()) return Fail("no shared memory: ", memory.status());
  // Before the device starts: from then on the queue is used by two.
  const std::unique_ptr<virtio::DriverQueue> driver =
      MakeDriver(*memory, flags.mark);
  const absl::StatusOr<std::unique_ptr<virtio::DeviceLink>> device =
      flags.device == virtio::DeviceKind::kThread
          ? virtio::StartThreadDevice(*memory)
          : virtio::StartProcessDevice(*memory);
  if (!device.ok()) return Fail("no device: ", device.status());

  const virtio::WorkloadResult result = virtio::RunWorkload(
      *memory, (*device)->wires(), driver.get(), flags.buffers, flags.seed);
  const absl::Status end = (*device)->Stop();
  std::printf("virtio_ring: %s ring, %s, %s device: %u of %u buffers intact\n",
              NameOf(flags.ring), NameOf(flags.mark), NameOf(flags.device),
              result.intact, flags.buffers);
  if (!result.status.ok()) Fail("", result.status);
  if (!end.ok()) Fail("the device ended: ", end);
  const bool is_good = result.status.ok() && end.ok();
  // If there was a race report, the detector makes this status 66.
  return is_good ? kExitIntact : kExitFailed;
}

}  // namespace

int main(int argc, char** argv) {
  virtio::Flags flags = {};
  std::string text;
  switch (virtio::ParseFlags(argc, argv, &flags, &text)) {
    case virtio::ParseResult::kRun:
      return Run(flags);
    case virtio::ParseResult::kHelp:
      std::fputs(text.c_str(), stdout);
      return 0;
    case virtio::ParseResult::kError:
      break;
  }
  std::fprintf(stderr, "virtio_ring: %s\nTry --help.\n", text.c_str());
  return kExitUsage;
}
