// SPDX-License-Identifier: Apache-2.0
//
// The device as a program of its own, started by virtio_ring. It is built
// without the detector, as a hypervisor or a piece of hardware would be: what
// it writes, nobody hears of.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "examples/virtio/device.h"

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr,
                 "virtio_device: started by virtio_ring, not by hand.\n"
                 "Arguments: file descriptors of memory, kick, interrupt and "
                 "control socket.\n");
    return 2;
  }
  absl::StatusOr<virtio::SharedMemory> memory =
      virtio::SharedMemory::Open(virtio::UniqueFd(std::atoi(argv[1])));
  virtio::Wires wires;
  wires.kick = virtio::UniqueFd(std::atoi(argv[2]));
  wires.interrupt = virtio::UniqueFd(std::atoi(argv[3]));
  wires.control = virtio::UniqueFd(std::atoi(argv[4]));
  const absl::Status status =
      memory.ok() ? virtio::RunDevice(*memory, wires) : memory.status();
  if (status.ok()) return 0;
  const std::string message(status.message());
  std::fprintf(stderr, "virtio_device: %s\n", message.c_str());
  return 1;
}
