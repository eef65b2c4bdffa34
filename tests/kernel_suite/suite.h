// SPDX-License-Identifier: Apache-2.0
//
// Runs kernels in many threads, with a timer's signals as interrupts, and
// judges every report that comes by its data: who, what kind of access, how
// many bytes, where. No text is compared, no thread sleeps to make a race
// likely.
//
// A run that wants a report ends when it has come, and fails after kPatience.
// Those come first, for they are the controls. A run that wants none then lasts
// kSilentFactor times as many windows as the slowest control of its case took,
// and at least kSilentWindows. If a race would show there as often as in the
// control, about once in as many windows, it would be missed by one run in
// e^kSilentFactor = 148, for each of seven numbers of threads. Where the
// kernels only make accesses that are never watched, the run lasts kSilentCalls
// calls.

#ifndef KCSAN_TESTS_KERNEL_SUITE_SUITE_H_
#define KCSAN_TESTS_KERNEL_SUITE_SUITE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kcsan/checks.h"
#include "tests/kernel_suite/kernels.h"

namespace kernel_suite {

constexpr int kThreadCounts[] = {2, 3, 4, 5, 8, 16, 32};
constexpr std::chrono::seconds kPatience(20);
constexpr std::uint64_t kSilentFactor = 5;
constexpr std::uint64_t kSilentWindows = 200;
constexpr std::uint64_t kSilentCalls = 10000;

// One side of a report.
struct Side {
  const char* function = nullptr;  // where it stands in; null: anywhere
  std::uint32_t types = 0;         // bit (1 << type) for each that may be
  std::size_t size = 0;
  const volatile void* begin = nullptr;  // the access lies in [begin, end)
  const volatile void* end = nullptr;
  bool reordered = false;
  bool in_signal_handler = false;  // on top of the other side's thread
};

enum class Change { kAny, kYes, kNo };

// What a report may be. The sides in any order.
struct Pattern {
  Side one;
  Side other;
  bool unknown_origin = false;  // then `other` means nothing
  Change change = Change::kAny;
  std::uint64_t mask = 0;
};

template <typename T>
Side Access(const char* function, int type, const T& object) {
  const auto* const begin =
      &reinterpret_cast<const volatile unsigned char&>(object);
  return Side{function, std::uint32_t{1} << type, sizeof(T),
              begin,    begin + sizeof(T),        false};
}
template <typename T>
Side Read(const char* function, const T& object) {
  return Access(function, 0, object);
}
template <typename T>
Side Write(const char* function, const T& object) {
  return Access(function, KCSAN_ACCESS_WRITE, object);
}
// A read, a write, or both in one: what compilers make of `x++`.
template <typename T>
Side Modify(const char* function, const T& object) {
  Side side = Access(function, 0, object);
  side.types = 1u << 0 | 1u << KCSAN_ACCESS_WRITE |
               1u << (KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND);
  return side;
}
// Claims: nobody else writes; nobody else accesses.
template <typename T>
Side WriterClaim(const char* function, const T& object) {
  return Access(function, KCSAN_ACCESS_ASSERT, object);
}
template <typename T>
Side AccessClaim(const char* function, const T& object) {
  return Access(function, KCSAN_ACCESS_ASSERT | KCSAN_ACCESS_WRITE, object);
}
inline Side Marked(Side side) {
  side.types <<= KCSAN_ACCESS_ATOMIC;
  return side;
}
inline Side MarkedModify(Side side) {
  side.types =
      1u << (KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND | KCSAN_ACCESS_ATOMIC);
  return side;
}
inline Side Scoped(Side side) {
  side.types <<= KCSAN_ACCESS_SCOPED;
  return side;
}
inline Side Reordered(Side side) {
  side.reordered = true;
  return side;
}

inline Pattern Race(const Side& one, const Side& other,
                    Change change = Change::kAny, std::uint64_t mask = 0) {
  return Pattern{one, other, false, change, mask};
}
inline Pattern UnknownOrigin(const Side& side, std::uint64_t mask = 0) {
  return Pattern{side, Side(), true, Change::kYes, mask};
}

struct Plan {
  const char* label = "";
  // Beside the base: "report_value_change_only=1:...".
  std::string options = "";
  // What the first thread runs, and the others in turn. Null: as the others.
  Kernel first = nullptr;
  std::vector<Kernel> others = {};
  // What the timer's signals run on top of each thread. Null: no signals.
  Kernel interrupt = nullptr;
  // All of these have to come. None: nothing may.
  std::vector<Pattern> want = {};
  // These may come as well. Everything else is a failure.
  std::vector<Pattern> may = {};
  // How often each of `want` has to come.
  int times = 1;
  // Some of the kernels make accesses that are watched. Else a run without a
  // report is bounded by calls.
  bool is_watched = true;
  // Signals come to the first thread, too.
  bool interrupt_first = true;
  // What g_value is at the beginning.
  long value = 0;
};

struct Outcome {
  std::string problem;  // empty: as planned
  std::uint64_t windows = 0;
  std::uint64_t calls = 0;
  std::uint64_t interrupts = 0;
};

// Runs `body` alone, with options set as by Run(), on a thread of its own: one
// that has been at work keeps to the old options for a while.
void RunAlone(const std::string& options, const std::function<void()>& body);

// All plans for each number of threads: one row of the table each. Checks (by
// doctest) that all is as planned.
void RunCase(const char* name, const std::vector<Plan>& plans);

}  // namespace kernel_suite

#endif  // KCSAN_TESTS_KERNEL_SUITE_SUITE_H_
