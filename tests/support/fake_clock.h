// SPDX-License-Identifier: Apache-2.0
//
// A clock that moves only when told to. One for the process, since a hook is a
// plain function.

#ifndef KCSAN_TESTS_SUPPORT_FAKE_CLOCK_H_
#define KCSAN_TESTS_SUPPORT_FAKE_CLOCK_H_

#include <cstdint>

namespace kcsan {
namespace testing {

class FakeClock {
 public:
  // As Hooks::now_ns.
  static uint64_t Now() { return __atomic_load_n(&now_ns_, __ATOMIC_RELAXED); }
  static void Set(uint64_t ns) {
    __atomic_store_n(&now_ns_, ns, __ATOMIC_RELAXED);
  }
  static void Advance(uint64_t ns) {
    __atomic_fetch_add(&now_ns_, ns, __ATOMIC_RELAXED);
  }

 private:
  static inline uint64_t now_ns_ = 1;
};

}  // namespace testing
}  // namespace kcsan

#endif  // KCSAN_TESTS_SUPPORT_FAKE_CLOCK_H_
