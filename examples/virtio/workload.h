// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: examples/virtio/workload.h
// -----------------------------------------------------------------------------
// The driver at work: keeps the queue full of requests, polls for used buffers,
// and checks that each comes back, once and undamaged.

#ifndef EXAMPLES_VIRTIO_WORKLOAD_H_
#define EXAMPLES_VIRTIO_WORKLOAD_H_

#include <cstdint>

#include "absl/status/status.h"
#include "examples/virtio/shared_memory.h"
#include "examples/virtio/virtqueue.h"
#include "examples/virtio/wires.h"

namespace virtio {

struct WorkloadResult {
  uint32_t intact = 0;
  // Not OK: the run ended early, and this says why.
  absl::Status status;
};

// Sends `num_buffers` requests, made from `seed`.
WorkloadResult RunWorkload(const SharedMemory& memory, const Wires& wires,
                           DriverQueue* queue, uint32_t num_buffers,
                           uint64_t seed);

}  // namespace virtio

#endif  // EXAMPLES_VIRTIO_WORKLOAD_H_
