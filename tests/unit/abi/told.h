// SPDX-License-Identifier: Apache-2.0
//
// What a hook tells of an access, as another thread's watchpoint sees it.

#ifndef KCSAN_TESTS_UNIT_ABI_TOLD_H_
#define KCSAN_TESTS_UNIT_ABI_TOLD_H_

#include <cstddef>
#include <cstdint>

#include "doctest/doctest.h"
#include "kcsan/checks.h"
#include "kcsan/core/access.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {

// `type` is -1 where nothing was told.
struct Told {
  int type = -1;
  uintptr_t address = 0;
  size_t size = 0;
};

inline bool operator==(const Told& a, const Told& b) {
  return a.type == b.type && a.address == b.address && a.size == b.size;
}
inline doctest::String toString(const Told& told) {
  return doctest::toString(told.type) + " at " +
         doctest::toString(told.address) + ", " + doctest::toString(told.size) +
         " bytes";
}

inline Told Tells(int type, const volatile void* ptr, size_t size) {
  return Told{type, core::AddressOf(ptr), size};
}

// Runs `body` while another thread watches the bytes for a write, so that reads
// are seen, too. The first access of theirs that was told.
template <typename Body>
Told ToldOf(const volatile void* ptr, size_t size, const Body& body) {
  RaceHarness harness;
  const Encounter encounter =
      harness.Race([=] { kcsan_check_write(ptr, size); }, body, ptr);
  REQUIRE(encounter.met);
  if (encounter.reports.empty()) return Told();
  const RaceReport& report = encounter.reports[0];
  REQUIRE(report.origin_known);
  return Told{report.other.type, report.other.address, report.other.size};
}

enum : int {
  kPlainRead = 0,
  kPlainWrite = KCSAN_ACCESS_WRITE,
  kPlainReadWrite = KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND,
  kMarkedRead = kPlainRead | KCSAN_ACCESS_ATOMIC,
  kMarkedWrite = kPlainWrite | KCSAN_ACCESS_ATOMIC,
  kMarkedReadWrite = kPlainReadWrite | KCSAN_ACCESS_ATOMIC,
};

}  // namespace testing
}  // namespace kcsan

#endif  // KCSAN_TESTS_UNIT_ABI_TOLD_H_
