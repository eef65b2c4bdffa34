// SPDX-License-Identifier: Apache-2.0
//
// A key-value store: requests come through a queue to a few worker threads. Two
// more threads belong to it: the logger, which reads the workers' log rings,
// and the monitor, which changes the settings and picks connections to trace.

#ifndef EXAMPLES_SERVICE_SERVER_H_
#define EXAMPLES_SERVICE_SERVER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "examples/service/bug.h"
#include "examples/service/config.h"
#include "examples/service/connection.h"
#include "examples/service/log_ring.h"
#include "examples/service/stats.h"

namespace service {

enum class Method { kGet, kPut, kDelete };

// Lives on the client's stack until `done`.
struct Request {
  Connection* connection;  // the server gets a reference of its own
  Method method;
  std::string key;
  std::string value;

  absl::StatusOr<std::string> response;
  absl::Notification done;
};

class Server {
 public:
  Server(int num_workers, Bug bug);
  // Serves what is queued, then ends.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  ConnectionPool* connections() { return &connections_; }
  const Stats& stats() const { return stats_; }
  uint64_t num_logged() const { return READ_ONCE(num_logged_); }
  // The most lines that were seen waiting in one ring.
  uint64_t max_backlog() const { return READ_ONCE(max_backlog_); }

  // Returns at once; `request->done` is notified when it is served.
  void Submit(Request* request);

 private:
  struct Worker {
    LogRing log;
    std::thread thread;
  };

  void RunWorker(Worker* worker);
  void RunLogger();
  void RunMonitor();
  void WatchBacklog();

  // The next request, or null at the end.
  Request* Next();
  void Serve(Request* request, LogRing* log);
  absl::StatusOr<std::string> Handle(const Request& request);
  void DrainLogs();

  const Bug bug_;
  ConnectionPool connections_;
  Config config_;
  Stats stats_;

  absl::Mutex store_mutex_;
  absl::flat_hash_map<std::string, std::string> store_
      ABSL_GUARDED_BY(store_mutex_);

  absl::Mutex queue_mutex_;
  std::deque<Request*> queue_ ABSL_GUARDED_BY(queue_mutex_);
  bool stopping_ ABSL_GUARDED_BY(queue_mutex_) = false;

  absl::Notification stop_monitor_;
  absl::Notification stop_logger_;
  uint64_t num_logged_ = 0;   // written by the logger, read by anybody
  uint64_t max_backlog_ = 0;  // written by the monitor, read by anybody

  std::vector<std::unique_ptr<Worker>> workers_;
  std::thread logger_;
  std::thread monitor_;
};

}  // namespace service

#endif  // EXAMPLES_SERVICE_SERVER_H_
