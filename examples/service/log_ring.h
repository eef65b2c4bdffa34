// SPDX-License-Identifier: Apache-2.0
//
// The log. Each worker writes to a ring of its own, one logger thread reads
// them all: one producer, one consumer, no lock. Included by the server only.
//
// Which access is marked and why: `head_` and `tail_` are the only words that
// both sides touch at once, so every such access is marked. A record is touched
// by one side at a time, and the two words say by which, so records are plain.

#ifndef EXAMPLES_SERVICE_LOG_RING_H_
#define EXAMPLES_SERVICE_LOG_RING_H_

#include <algorithm>
#include <array>
#include <cstdint>

#include "kcsan/kcsan.h"

namespace service {

struct LogRecord {
  int64_t time_us;
  uint32_t connection;
  int32_t status;
};

class LogRing {
 public:
  static constexpr uint64_t kSize = 1024;

  // By the ring's only producer. False, and nothing logged, when it is full: a
  // service does not wait for its log.
  bool Push(const LogRecord& record) {
    // There is one producer, so it may read its own index plainly; and nobody
    // else may write it.
    ASSERT_EXCLUSIVE_WRITER(head_);
    const uint64_t head = head_;
    // Acquire: pairs with the release in Pop(). The consumer has finished with
    // the record that we are about to overwrite.
    if (head - smp_load_acquire(&tail_) == kSize) return false;
    LogRecord* const place = &records_[head % kSize];
    kcsan_check_write(place, sizeof(*place));
    *place = record;
    // Release: pairs with the acquire in Pop(). The record is there before the
    // index says so.
    smp_store_release(&head_, head + 1);
    return true;
  }

  // By the ring's only consumer. False when it is empty.
  bool Pop(LogRecord* record) {
    ASSERT_EXCLUSIVE_WRITER(tail_);
    const uint64_t tail = tail_;
    if (smp_load_acquire(&head_) == tail) return false;  // pairs with Push()
    const LogRecord* const place = &records_[tail % kSize];
    kcsan_check_read(place, sizeof(*place));
    *record = *place;
    smp_store_release(&tail_, tail + 1);  // pairs with Push()
    return true;
  }

  // How many records wait. For anybody, at any time; old when it is returned.
  uint64_t Backlog() const {
    // Acquire: pairs with the release in Pop(). Whoever saw this tail sees the
    // head that it came after, so the difference is never below zero.
    const uint64_t tail = smp_load_acquire(&tail_);
    return std::min(READ_ONCE(head_) - tail, kSize);
  }

  // --bug=log_head: what someone wrote who wanted "just one line" in the log
  // and had no ring at hand.
  void PushFromAnywhere(const LogRecord& record) {
    records_[head_ % kSize] = record;
    kcsan_check_read_write(&head_, sizeof(head_));
    head_ += 1;
  }

 private:
  // Each index on a cache line of its own: the two sides write them.
  alignas(64) uint64_t head_ = 0;  // written by the producer
  alignas(64) uint64_t tail_ = 0;  // written by the consumer
  alignas(64) std::array<LogRecord, kSize> records_ = {};
};

}  // namespace service

#endif  // EXAMPLES_SERVICE_LOG_RING_H_
