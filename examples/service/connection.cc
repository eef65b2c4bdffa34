// SPDX-License-Identifier: Apache-2.0

#include "examples/service/connection.h"

#include <atomic>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace service {
namespace {

void SetBits(uint32_t* word, uint32_t bits, bool on) {
  kcsan_check_atomic_read_write(word, sizeof(*word));
  // Relaxed: a flag orders nothing.
  if (on) {
    __atomic_fetch_or(word, bits, __ATOMIC_RELAXED);
  } else {
    __atomic_fetch_and(word, ~bits, __ATOMIC_RELAXED);
  }
}

}  // namespace

void Connection::Ref() { references_.fetch_add(1, std::memory_order_relaxed); }

void Connection::Unref() {
  // Release: what this thread did to the connection comes before its end.
  // Acquire, for the last one: what all others did to it. Pairs with itself.
  if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  ASSERT_EXCLUSIVE_ACCESS(session_);
  ASSERT_EXCLUSIVE_ACCESS(flags_);
  pool_->Recycle(this);
}

void Connection::CountRequest(size_t num_bytes) {
  session_.requests += 1;
  session_.bytes += num_bytes;
}

void Connection::SetBusy(bool busy) {
  ASSERT_EXCLUSIVE_BITS(flags_, kBusy);
  SetBits(&flags_, kBusy, busy);
}

void Connection::SetTraced(bool traced) {
  ASSERT_EXCLUSIVE_BITS(flags_, kTraced);
  SetBits(&flags_, kTraced, traced);
}

bool Connection::IsTraced() const {
  return (READ_ONCE(flags_) & kTraced) != 0;  // pairs with SetTraced()
}

ConnectionPool::ConnectionPool(size_t capacity)
    : connections_(new Connection[capacity]) {
  for (size_t i = 0; i < capacity; ++i) {
    connections_[i].pool_ = this;
    free_.push_back(&connections_[i]);
  }
}

absl::StatusOr<Connection*> ConnectionPool::Open() {
  absl::MutexLock lock(&mutex_);
  if (free_.empty()) {
    return absl::ResourceExhaustedError("all connections are in use");
  }
  Connection* const connection = free_.back();
  free_.pop_back();
  ASSERT_EXCLUSIVE_WRITER(last_id_);
  connection->id_ = last_id_ + 1;
  connection->session_.requests = 0;
  connection->session_.bytes = 0;
  connection->flags_ = 0;
  connection->references_.store(1, std::memory_order_relaxed);
  open_[connection->id_] = connection;
  WRITE_ONCE(last_id_, connection->id_);  // pairs with last_id()
  return connection;
}

Connection* ConnectionPool::Find(uint32_t id) {
  absl::MutexLock lock(&mutex_);
  const auto found = open_.find(id);
  if (found == open_.end()) return nullptr;
  // None left: it is on its way to Recycle(), and waits for the mutex.
  std::atomic<int>& references = found->second->references_;
  int count = references.load(std::memory_order_relaxed);
  do {
    if (count == 0) return nullptr;
  } while (!references.compare_exchange_weak(count, count + 1,
                                             std::memory_order_relaxed));
  return found->second;
}

void ConnectionPool::Recycle(Connection* connection) {
  absl::MutexLock lock(&mutex_);
  open_.erase(connection->id_);
  // At the end, from where Open() takes it: its memory is still in the cache.
  free_.push_back(connection);
}

}  // namespace service
