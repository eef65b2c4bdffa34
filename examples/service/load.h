// SPDX-License-Identifier: Apache-2.0
//
// Clients, in the server's own process: each opens a connection, makes some
// requests one after the other, closes it, and opens the next.

#ifndef EXAMPLES_SERVICE_LOAD_H_
#define EXAMPLES_SERVICE_LOAD_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "examples/service/server.h"

namespace service {

struct LoadResult {
  // Of every request, in ascending order.
  std::vector<absl::Duration> latencies;
  uint64_t num_connections = 0;

  // 0.5 is the median. Zero when there was no request.
  absl::Duration Percentile(double fraction) const;
};

// One client, until `end`. Adds what it saw to `*result`.
void RunClient(Server* server, uint32_t seed, absl::Time end,
               LoadResult* result);

// Runs `num_clients` clients, one thread each, for `time`.
LoadResult RunLoad(Server* server, int num_clients, absl::Duration time);

}  // namespace service

#endif  // EXAMPLES_SERVICE_LOAD_H_
