// SPDX-License-Identifier: Apache-2.0
//
// What the service counts. Two kinds, on purpose: totals that must add up,
// under a lock and plain; and a gauge that may be a little wrong, without.

#ifndef EXAMPLES_SERVICE_STATS_H_
#define EXAMPLES_SERVICE_STATS_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "kcsan/kcsan.h"

namespace service {

struct Totals {
  uint64_t ok = 0;
  uint64_t not_found = 0;
  uint64_t rejected = 0;

  uint64_t Sum() const { return ok + not_found + rejected; }
};

class Stats {
 public:
  // The outcome of one request.
  void Record(const absl::Status& status);

  // --bug=stats_lock: "a request that finds nothing is cheap, so let it be
  // counted cheaply".
  void RecordNotFound() ABSL_NO_THREAD_SAFETY_ANALYSIS;

  Totals GetTotals() const;

  // Looks up a key were made. Approximate: two threads that count at once may
  // count one. data_racy<> says that this is meant; it is not worth a lock, and
  // not worth a contended cache line either.
  void CountLookup() { lookups_++; }
  uint64_t ApproximateLookups() const { return lookups_; }

 private:
  mutable absl::Mutex mutex_;
  kcsan::checked<uint64_t> ok_ ABSL_GUARDED_BY(mutex_) = 0;
  kcsan::checked<uint64_t> not_found_ ABSL_GUARDED_BY(mutex_) = 0;
  kcsan::checked<uint64_t> rejected_ ABSL_GUARDED_BY(mutex_) = 0;

  kcsan::data_racy<uint64_t> lookups_ = 0;
};

}  // namespace service

#endif  // EXAMPLES_SERVICE_STATS_H_
