// SPDX-License-Identifier: Apache-2.0
//
// A client's connection: counted references, a word of flags that two parties
// share, and a session that belongs to whoever works for the connection right
// now. Connections are made once and used again, as in a real server: so a use
// after the last reference is no crash, but somebody else's data changed.

#ifndef EXAMPLES_SERVICE_CONNECTION_H_
#define EXAMPLES_SERVICE_CONNECTION_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "kcsan/kcsan.h"

namespace service {

class ConnectionPool;

// What is known of the client. Plain: a connection has at most one request
// under way, and the session goes along with it, from the client's thread
// through the queue to a worker and back.
struct Session {
  kcsan::checked<uint64_t> requests = 0;
  kcsan::checked<uint64_t> bytes = 0;
};

class Connection {
 public:
  uint32_t id() const { return id_; }

  void Ref();
  // Gives one reference back. Who gives back the last one must not touch the
  // connection any more, and nobody else does either: it returns to the pool.
  void Unref();

  // By the worker, while it serves a request.
  void CountRequest(size_t num_bytes);

  // The worker's flag: a request of this connection is being served.
  void SetBusy(bool busy);
  // The monitor's flag: log this connection's requests. At any time.
  void SetTraced(bool traced);
  bool IsTraced() const;

 private:
  friend class ConnectionPool;

  static constexpr uint32_t kBusy = 1;    // changed by the worker alone
  static constexpr uint32_t kTraced = 2;  // changed by the monitor alone

  uint32_t id_ = 0;
  ConnectionPool* pool_ = nullptr;
  std::atomic<int> references_{0};
  uint32_t flags_ = 0;  // shared while open, so every access then is marked
  Session session_;
};

class ConnectionPool {
 public:
  explicit ConnectionPool(size_t capacity);

  // A connection with one reference, which is the caller's.
  // RESOURCE_EXHAUSTED when all are in use.
  absl::StatusOr<Connection*> Open();

  // The open connection of this id with a reference for the caller, or null.
  Connection* Find(uint32_t id);

  // An id that was given lately. It may be closed by now.
  uint32_t last_id() const { return READ_ONCE(last_id_); }

 private:
  friend class Connection;
  // Takes a connection back whose last reference is gone.
  void Recycle(Connection* connection);

  absl::Mutex mutex_;
  const std::unique_ptr<Connection[]> connections_;
  std::vector<Connection*> free_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<uint32_t, Connection*> open_ ABSL_GUARDED_BY(mutex_);
  // Written under mutex_, read without.
  uint32_t last_id_ = 0;
};

}  // namespace service

#endif  // EXAMPLES_SERVICE_CONNECTION_H_
