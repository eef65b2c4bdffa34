// SPDX-License-Identifier: Apache-2.0
//
// A runtime that only writes down what it is told. For tests of what the
// annotations and claims tell; linked in place of the real one. One thread.

#ifndef KCSAN_TESTS_ANNOTATIONS_FAKE_RUNTIME_H_
#define KCSAN_TESTS_ANNOTATIONS_FAKE_RUNTIME_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace kcsan {
namespace testing {

// One call of an entry point.
struct Call {
  std::string entry;  // "check", "assert_bits", "begin_scoped", "mb", ...
  const volatile void* ptr = nullptr;
  std::size_t size = 0;
  int type = 0;
  std::uint64_t mask = 0;
  int n = 0;
  // The three texts of the site; a null site has "(null)" for all of them.
  std::string expression, file, line;
  // kcsan_rt_thread.disable_count at the time.
  int disabled = 0;
};

// All calls since the last TakeCalls(). Everything takes the slow path.
std::vector<Call> TakeCalls();

// The entries alone, with blanks between: "check mb check".
std::string Entries(const std::vector<Call>& calls);

}  // namespace testing
}  // namespace kcsan

#endif  // KCSAN_TESTS_ANNOTATIONS_FAKE_RUNTIME_H_
