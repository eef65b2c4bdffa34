// SPDX-License-Identifier: Apache-2.0
//
// A gate that threads wait at, and not for ever: after kPatience they go on,
// and Wait() says so.

#ifndef KCSAN_TESTS_SUPPORT_GATE_H_
#define KCSAN_TESTS_SUPPORT_GATE_H_

#include <condition_variable>
#include <mutex>

#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {

// Counts arrivals; threads wait for a number of them.
class Gate {
 public:
  void Arrive() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++arrived_;
    changed_.notify_all();
  }
  // False if they did not come in time.
  bool Wait(int arrivals = 1) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, kPatience,
                             [&] { return arrived_ >= arrivals; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
};

}  // namespace testing
}  // namespace kcsan

#endif  // KCSAN_TESTS_SUPPORT_GATE_H_
