// SPDX-License-Identifier: Apache-2.0

#include "examples/service/server.h"

#include <pthread.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace service {
namespace {

constexpr size_t kMaxConnections = 64;
constexpr absl::Duration kLogPeriod = absl::Milliseconds(1);
constexpr absl::Duration kMonitorPeriod = absl::Milliseconds(2);

}  // namespace

Server::Server(int num_workers, Bug bug)
    : bug_(bug), connections_(kMaxConnections) {
  for (int i = 0; i < num_workers; ++i) {
    workers_.push_back(std::make_unique<Worker>());
  }
  // The other threads look at workers_, so they start when it is complete.
  for (const auto& worker : workers_) {
    worker->thread = std::thread(&Server::RunWorker, this, worker.get());
  }
  logger_ = std::thread(&Server::RunLogger, this);
  monitor_ = std::thread(&Server::RunMonitor, this);
}

Server::~Server() {
  stop_monitor_.Notify();
  monitor_.join();
  {
    absl::MutexLock lock(&queue_mutex_);
    stopping_ = true;
  }
  for (const auto& worker : workers_) worker->thread.join();
  stop_logger_.Notify();
  logger_.join();
}

void Server::Submit(Request* request) {
  request->connection->Ref();
  absl::MutexLock lock(&queue_mutex_);
  queue_.push_back(request);
}

Request* Server::Next() {
  absl::MutexLock lock(&queue_mutex_);
  const auto is_awake = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(queue_mutex_) {
    return stopping_ || !queue_.empty();
  };
  queue_mutex_.Await(absl::Condition(&is_awake));
  if (queue_.empty()) return nullptr;
  Request* const request = queue_.front();
  queue_.pop_front();
  return request;
}

void Server::RunWorker(Worker* worker) {
  pthread_setname_np(pthread_self(), "worker");
  while (Request* const request = Next()) Serve(request, &worker->log);
}

void Server::Serve(Request* request, LogRing* log) {
  Connection* const connection = request->connection;
  const size_t num_bytes = request->value.size();
  connection->SetBusy(true);
  absl::StatusOr<std::string> response = Handle(*request);
  const absl::Status status = response.status();

  if (bug_ != Bug::kUseAfterUnref) connection->CountRequest(num_bytes);
  if (connection->IsTraced() || !status.ok()) {
    log->Push({absl::ToUnixMicros(absl::Now()), connection->id(),
               static_cast<int32_t>(status.code())});
  }
  if (bug_ == Bug::kStatsLock && absl::IsNotFound(status)) {
    stats_.RecordNotFound();
  } else {
    stats_.Record(status);
  }
  connection->SetBusy(false);

  request->response = std::move(response);
  request->done.Notify();  // from here on the request is the client's again
  connection->Unref();
  if (bug_ == Bug::kUseAfterUnref) connection->CountRequest(num_bytes);
}

absl::StatusOr<std::string> Server::Handle(const Request& request) {
  const Limits limits = config_.Get();
  if (request.key.empty() || request.key.size() > limits.max_key_bytes ||
      request.value.size() > limits.max_value_bytes) {
    return absl::InvalidArgumentError("key or value of a wrong length");
  }
  stats_.CountLookup();
  absl::MutexLock lock(&store_mutex_);
  switch (request.method) {
    case Method::kPut:
      store_[request.key] = request.value;
      return std::string();
    case Method::kGet: {
      const auto found = store_.find(request.key);
      if (found != store_.end()) return found->second;
      break;
    }
    case Method::kDelete:
      if (store_.erase(request.key) > 0) return std::string();
      break;
  }
  return absl::NotFoundError(request.key);
}

void Server::DrainLogs() {
  LogRecord record;
  for (const auto& worker : workers_) {
    // No more than a ring holds: the other rings want their turn, and an index
    // that was spoilt (--bug=log_head) must not keep us here.
    for (uint64_t i = 0; i < LogRing::kSize && worker->log.Pop(&record); ++i) {
      // A real one would format it and write it out.
      ASSERT_EXCLUSIVE_WRITER(num_logged_);
      WRITE_ONCE(num_logged_, num_logged_ + 1);  // pairs with num_logged()
    }
  }
}

void Server::RunLogger() {
  pthread_setname_np(pthread_self(), "logger");
  while (!stop_logger_.WaitForNotificationWithTimeout(kLogPeriod)) DrainLogs();
  // The workers have ended: what is in the rings now is all there will be.
  DrainLogs();
}

void Server::WatchBacklog() {
  for (const auto& worker : workers_) {
    const uint64_t backlog = worker->log.Backlog();
    ASSERT_EXCLUSIVE_WRITER(max_backlog_);
    // Pairs with max_backlog(). Our own variable: a plain read will do.
    if (backlog > max_backlog_) WRITE_ONCE(max_backlog_, backlog);
  }
}

void Server::RunMonitor() {
  pthread_setname_np(pthread_self(), "monitor");
  Limits limits;
  while (!stop_monitor_.WaitForNotificationWithTimeout(kMonitorPeriod)) {
    limits.version += 1;
    config_.Set(limits);
    WatchBacklog();
    if (Connection* const connection =
            connections_.Find(connections_.last_id())) {
      connection->SetTraced(true);
      connection->Unref();
    }
    if (bug_ == Bug::kLogHead) {
      workers_.front()->log.PushFromAnywhere(
          {absl::ToUnixMicros(absl::Now()), 0, 0});
    }
  }
}

}  // namespace service
