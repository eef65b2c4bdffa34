// SPDX-License-Identifier: Apache-2.0
//
// Judges reports: each is one that is wanted, one that may come, or a failure.
// Runs as a report handler, on the racing thread in the middle of an access, so
// it keeps to memory of its own.

#ifndef KCSAN_TESTS_KERNEL_SUITE_JUDGE_H_
#define KCSAN_TESTS_KERNEL_SUITE_JUDGE_H_

#include <cstddef>
#include <cstdint>

#include "kcsan/runtime.h"
#include "tests/kernel_suite/suite.h"

namespace kernel_suite {

class Judge {
 public:
  // `value_change_only`: no report may be without a change of value, but for
  // claims, large accesses and *_rcu functions.
  Judge(const Plan& plan, bool value_change_only);
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  // As kcsan::ReportHandler; `judge` is a Judge.
  static bool Handle(const kcsan::Report& report, void* judge);

  // All that was wanted has come.
  bool IsSatisfied() const {
    return __atomic_load_n(&missing_, __ATOMIC_ACQUIRE) == 0;
  }
  bool HasFailed() const { return __atomic_load_n(&failed_, __ATOMIC_ACQUIRE); }
  // Once no report comes any more. What came and should not have, or "".
  const char* unexpected() const { return unexpected_; }
  const Pattern* FirstMissing() const;

 private:
  bool Accept(const kcsan::Report& report);

  const Plan& plan_;
  const bool value_change_only_;
  std::uint64_t missing_;  // bit i: plan_.want[i] has not come often enough
  int seen_[64] = {};
  bool failed_ = false;
  char unexpected_[4096] = "";
};

}  // namespace kernel_suite

#endif  // KCSAN_TESTS_KERNEL_SUITE_JUDGE_H_
