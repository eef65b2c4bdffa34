// SPDX-License-Identifier: Apache-2.0
//
// What a meeting should have led to, compared field by field. The answer is "",
// or a sentence on the first field that differs:
//
//   CHECK(Mismatch(encounter, ExpectRace(Read(&x), Write(&x), 0, 1)) == "");
//   CHECK(Mismatch(encounter, ExpectSilence()) == "");

#ifndef KCSAN_TESTS_SUPPORT_EXPECT_H_
#define KCSAN_TESTS_SUPPORT_EXPECT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "kcsan/checks.h"
#include "kcsan/core/race_report.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {

// One side of a race.
struct Side {
  int type;
  const volatile void* ptr;
  size_t size;
  // Text that the site's expression must be; null: any, but there is one.
  const char* text = nullptr;
  bool reordered = false;
};

struct Expect {
  // Reports to be made: 1, or 0 for silence (all else is then not looked at).
  int num_reports = 1;
  // The window must have been opened. Off for watchers that cannot open one.
  bool met = true;
  bool origin_known = true;
  Side watcher = {};
  Side other = {};
  // Whether a value was compared at all; and the two values.
  bool compared = false;
  uint64_t old_value = 0;
  uint64_t new_value = 0;
  uint64_t mask = 0;
};

// A side by type; `ptr` decides address and size.
template <typename T>
Side Access(int type, const T* ptr) {
  return Side{type, ptr, sizeof(*ptr)};
}
template <typename T>
Side Read(const T* ptr) {
  return Access(0, ptr);
}
template <typename T>
Side Write(const T* ptr) {
  return Access(KCSAN_ACCESS_WRITE, ptr);
}
template <typename T>
Side ReadWrite(const T* ptr) {
  return Access(KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND, ptr);
}
// The same, marked.
inline Side Marked(Side side) {
  side.type |= KCSAN_ACCESS_ATOMIC;
  return side;
}
inline Side Scoped(Side side) {
  side.type |= KCSAN_ACCESS_SCOPED;
  return side;
}
inline Side Reordered(Side side) {
  side.reordered = true;
  return side;
}
template <typename T>
Side WriterClaim(const T* ptr) {
  return Access(KCSAN_ACCESS_ASSERT, ptr);
}
template <typename T>
Side AccessClaim(const T* ptr) {
  return Access(KCSAN_ACCESS_ASSERT | KCSAN_ACCESS_WRITE, ptr);
}

// A race of two seen accesses whose value went from `old_value` to `new_value`.
Expect ExpectRace(Side watcher, Side other, uint64_t old_value,
                  uint64_t new_value);
// The same where no value is compared: more than 8 bytes.
Expect ExpectRace(Side watcher, Side other);
// A changed value, and nobody seen.
Expect ExpectUnknownOrigin(Side watcher, uint64_t old_value,
                           uint64_t new_value);
// They met, and nothing was said.
Expect ExpectSilence();
// The watcher's access is of a kind that is never watched, and nothing was
// said.
Expect ExpectNoWindow();

std::string Mismatch(const Encounter& encounter, const Expect& expect);

}  // namespace testing
}  // namespace kcsan

#endif  // KCSAN_TESTS_SUPPORT_EXPECT_H_
