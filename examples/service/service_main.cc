// SPDX-License-Identifier: Apache-2.0
//
// A small service, annotated and asserted as a real one would be: a key-value
// store with a request queue, worker threads, log rings without locks,
// statistics, settings that change while it runs, and connections with counted
// references. It brings its own clients, and runs for some seconds.
//
//   ./bazelw run //examples/service
//   ./bazelw run //examples/service -- --seconds=2 --bug=stats_lock
//   ./bazelw run //examples/service -- --help
//
// As it is, there is no report, and the exit status is 0. With each of the bugs
// there is one, and the exit status is 66. Where to look:
//
//   log_ring.h     READ_ONCE, acquire and release, one writer for each index
//   stats.h        plain under a lock; data_racy<> where a guess is enough
//   config.h       settings behind a sequence count
//   connection.h   the last reference, and a word of flags with two owners

#include <cstdio>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "examples/service/bug.h"
#include "examples/service/load.h"
#include "examples/service/server.h"

ABSL_FLAG(double, seconds, 3, "how long to serve");
ABSL_FLAG(int, workers, 2, "worker threads");
ABSL_FLAG(int, clients, 4, "clients that make requests, one thread each");
ABSL_FLAG(service::Bug, bug, service::Bug::kNone,
          "a bug to put in; see the list above");

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(absl::StrCat(
      "A small key-value service under its own load.\n--bug takes one of:\n",
      service::DescribeBugs()));
  absl::ParseCommandLine(argc, argv);
  const double seconds = absl::GetFlag(FLAGS_seconds);
  const int num_workers = absl::GetFlag(FLAGS_workers);
  const int num_clients = absl::GetFlag(FLAGS_clients);
  if (!(seconds >= 0 && seconds <= 3600) || num_workers < 1 ||
      num_workers > 64 || num_clients < 1 || num_clients > 64) {
    std::fprintf(stderr,
                 "service: --seconds goes from 0 to 3600, --workers and "
                 "--clients from 1 to 64\n");
    return 2;
  }

  service::Server server(num_workers, absl::GetFlag(FLAGS_bug));
  const service::LoadResult load =
      service::RunLoad(&server, num_clients, absl::Seconds(seconds));

  const service::Totals totals = server.stats().GetTotals();
  std::printf("served %zu requests on %zu connections\n",
              static_cast<size_t>(totals.Sum()),
              static_cast<size_t>(load.num_connections));
  std::printf("ok %zu, not found %zu, rejected %zu\n",
              static_cast<size_t>(totals.ok),
              static_cast<size_t>(totals.not_found),
              static_cast<size_t>(totals.rejected));
  std::printf("latency in us: p50 %.1f, p90 %.1f, p99 %.1f, worst %.1f\n",
              absl::ToDoubleMicroseconds(load.Percentile(0.5)),
              absl::ToDoubleMicroseconds(load.Percentile(0.9)),
              absl::ToDoubleMicroseconds(load.Percentile(0.99)),
              absl::ToDoubleMicroseconds(load.Percentile(1)));
  std::printf("about %zu lookups, %zu lines logged, at most %zu waiting\n",
              static_cast<size_t>(server.stats().ApproximateLookups()),
              static_cast<size_t>(server.num_logged()),
              static_cast<size_t>(server.max_backlog()));
}
