// SPDX-License-Identifier: Apache-2.0
//
// Accesses for race tests. Each tells the detector one thing (a plain read, a
// marked write, a claim) and then makes a relaxed atomic access, so that the
// race is one for our detector and none for a compiler or for the real
// ThreadSanitizer, under which these tests run too.

#ifndef KCSAN_TESTS_SUPPORT_ACCESSES_H_
#define KCSAN_TESTS_SUPPORT_ACCESSES_H_

#include <cstddef>
#include <cstdint>

#include "kcsan/checks.h"

namespace kcsan {
namespace testing {

template <typename T>
T Load(const T* ptr) {
  return __atomic_load_n(ptr, __ATOMIC_RELAXED);
}
template <typename T>
void Store(T* ptr, T value) {
  __atomic_store_n(ptr, value, __ATOMIC_RELAXED);
}

template <typename T>
T PlainRead(const T* ptr) {
  kcsan_check_read(ptr, sizeof(*ptr));
  return Load(ptr);
}
template <typename T>
void PlainWrite(T* ptr, T value) {
  kcsan_check_write(ptr, sizeof(*ptr));
  Store(ptr, value);
}
template <typename T>
void PlainAdd(T* ptr, T value) {
  kcsan_check_read_write(ptr, sizeof(*ptr));
  __atomic_fetch_add(ptr, value, __ATOMIC_RELAXED);
}

template <typename T>
T MarkedRead(const T* ptr) {
  kcsan_check_atomic_read(ptr, sizeof(*ptr));
  return Load(ptr);
}
template <typename T>
void MarkedWrite(T* ptr, T value) {
  kcsan_check_atomic_write(ptr, sizeof(*ptr));
  Store(ptr, value);
}
template <typename T>
void MarkedAdd(T* ptr, T value) {
  kcsan_check_atomic_read_write(ptr, sizeof(*ptr));
  __atomic_fetch_add(ptr, value, __ATOMIC_RELAXED);
}

// Claims, as the macros in assert/ make them.
constexpr int kClaimWriter = KCSAN_ACCESS_ASSERT;
constexpr int kClaimAccess = KCSAN_ACCESS_ASSERT | KCSAN_ACCESS_WRITE;

template <typename T>
void ClaimWriter(const T* ptr) {
  KCSAN_INTERNAL_CHECK(ptr, sizeof(*ptr), kClaimWriter, "claim");
}
template <typename T>
void ClaimAccess(const T* ptr) {
  KCSAN_INTERNAL_CHECK(ptr, sizeof(*ptr), kClaimAccess, "claim");
}
template <typename T>
void ClaimBits(const T* ptr, uint64_t mask) {
  kcsan_rt_fast_assert_bits(ptr, sizeof(*ptr), mask,
                            KCSAN_INTERNAL_SITE("claim"));
}

// A claim for a scope.
class ScopedClaim {
 public:
  ScopedClaim(const volatile void* ptr, size_t size, int type,
              uint64_t mask = 0) {
    kcsan_rt_begin_scoped(&scope_, ptr, size, type, mask,
                          KCSAN_INTERNAL_SITE("scope"));
  }
  ~ScopedClaim() { kcsan_rt_end_scoped(&scope_); }
  ScopedClaim(const ScopedClaim&) = delete;
  ScopedClaim& operator=(const ScopedClaim&) = delete;

 private:
  kcsan_scoped_access scope_ = {};
};

}  // namespace testing
}  // namespace kcsan

#endif  // KCSAN_TESTS_SUPPORT_ACCESSES_H_
