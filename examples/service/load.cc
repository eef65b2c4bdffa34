// SPDX-License-Identifier: Apache-2.0

#include "examples/service/load.h"

#include <pthread.h>

#include <algorithm>
#include <random>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace service {
namespace {

constexpr int kRequestsPerConnection = 8;
constexpr int kNumKeys = 1000;
// So that a long run does not fill the memory.
constexpr size_t kMaxLatencies = 4 << 20;

// One request in twenty has a value that is too long.
void MakeUp(std::minstd_rand* random, Request* request) {
  const int dice = std::uniform_int_distribution<int>(0, 99)(*random);
  request->key = absl::StrCat(
      "key ", std::uniform_int_distribution<int>(0, kNumKeys - 1)(*random));
  if (dice < 60) {
    request->method = Method::kGet;
  } else if (dice < 95) {
    request->method = Method::kPut;
    request->value.assign(dice < 90 ? 100 : 1000, 'x');
  } else {
    request->method = Method::kDelete;
  }
}

}  // namespace

absl::Duration LoadResult::Percentile(double fraction) const {
  if (latencies.empty()) return absl::ZeroDuration();
  const size_t last = latencies.size() - 1;
  return latencies[static_cast<size_t>(fraction * static_cast<double>(last))];
}

void RunClient(Server* server, uint32_t seed, absl::Time end,
               LoadResult* result) {
  pthread_setname_np(pthread_self(), "client");
  std::minstd_rand random(seed);
  while (absl::Now() < end) {
    const absl::StatusOr<Connection*> connection =
        server->connections()->Open();
    if (!connection.ok()) continue;
    ++result->num_connections;
    for (int i = 0; i < kRequestsPerConnection; ++i) {
      Request request;
      request.connection = *connection;
      MakeUp(&random, &request);
      const absl::Time begin = absl::Now();
      server->Submit(&request);
      request.done.WaitForNotification();
      if (result->latencies.size() < kMaxLatencies) {
        result->latencies.push_back(absl::Now() - begin);
      }
    }
    (*connection)->Unref();
  }
}

LoadResult RunLoad(Server* server, int num_clients, absl::Duration time) {
  const absl::Time end = absl::Now() + time;
  std::vector<LoadResult> results(static_cast<size_t>(num_clients));
  std::vector<std::thread> clients;
  uint32_t seed = 0;
  for (LoadResult& result : results) {
    clients.emplace_back(RunClient, server, ++seed, end, &result);
  }
  for (std::thread& client : clients) client.join();

  LoadResult all;
  for (const LoadResult& result : results) {
    all.num_connections += result.num_connections;
    all.latencies.insert(all.latencies.end(), result.latencies.begin(),
                         result.latencies.end());
  }
  std::sort(all.latencies.begin(), all.latencies.end());
  return all;
}

}  // namespace service
