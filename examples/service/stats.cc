// SPDX-License-Identifier: Apache-2.0

#include "examples/service/stats.h"

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace service {

void Stats::Record(const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  switch (status.code()) {
    case absl::StatusCode::kOk:
      ok_ += 1;
      break;
    case absl::StatusCode::kNotFound:
      not_found_ += 1;
      break;
    default:
      rejected_ += 1;
      break;
  }
}

void Stats::RecordNotFound() { not_found_ += 1; }

Totals Stats::GetTotals() const {
  absl::MutexLock lock(&mutex_);
  Totals totals;
  totals.ok = ok_;
  totals.not_found = not_found_;
  totals.rejected = rejected_;
  return totals;
}

}  // namespace service
