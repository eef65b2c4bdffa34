// SPDX-License-Identifier: Apache-2.0
//
// Which barrier ends which delayed access: the whole table, once as a function
// and once through the barriers that programs call.

#include "kcsan/core/reorder.h"

#include <initializer_list>

#include "doctest/doctest.h"
#include "kcsan/checks.h"
#include "kcsan/core/context.h"
#include "kcsan/core/slow_path.h"

namespace kcsan {
namespace core {
namespace {

constexpr int kRead = 0;
constexpr int kWrite = KCSAN_ACCESS_WRITE;
constexpr int kReadWrite = KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND;

struct Row {
  Barrier barrier;
  bool ends_read;
  bool ends_write;
  bool ends_read_write;
};

const Row kTable[] = {
    {Barrier::kFull, true, true, true},
    {Barrier::kRelease, true, true, true},
    {Barrier::kWrite, false, true, true},
    {Barrier::kRead, true, false, true},
};

TEST_CASE("the barrier table") {
  for (const Row& row : kTable) {
    CAPTURE(static_cast<int>(row.barrier));
    CHECK(Orders(row.barrier, kRead) == row.ends_read);
    CHECK(Orders(row.barrier, kWrite) == row.ends_write);
    CHECK(Orders(row.barrier, kReadWrite) == row.ends_read_write);
  }
}

bool IsEndedBy(Barrier barrier, int type) {
  static int variable;
  ThreadContext context = {};
  RememberReordered(&context, Access{&variable, sizeof(variable), type, "", 1});
  CHECK(HasReordered());
  PassBarrier(&context, barrier);
  const bool is_ended = !HasReordered();
  ForgetReordered();
  return is_ended;
}

TEST_CASE("a barrier ends a delayed access and only that") {
  for (const Row& row : kTable) {
    CAPTURE(static_cast<int>(row.barrier));
    // The other bits of the word stay.
    kcsan_rt_thread.attention = kAttentionScoped | kAttentionAtomicNext;
    CHECK(IsEndedBy(row.barrier, kRead) == row.ends_read);
    CHECK(IsEndedBy(row.barrier, kWrite) == row.ends_write);
    CHECK(IsEndedBy(row.barrier, kReadWrite) == row.ends_read_write);
    CHECK(kcsan_rt_thread.attention ==
          (kAttentionScoped | kAttentionAtomicNext));
    kcsan_rt_thread.attention = 0;
  }
}

TEST_CASE("a barrier with nothing delayed does nothing") {
  ThreadContext context = {};
  for (const Row& row : kTable) PassBarrier(&context, row.barrier);
  CHECK_FALSE(HasReordered());
  CHECK(kcsan_rt_thread.attention == 0);
}

// Through KCSAN_INTERNAL_BARRIER(), as the macros in annotations/ do it.
template <typename Function>
bool PublicBarrierEnds(int type, Function barrier) {
  static int variable;
  RememberReordered(&t_context,
                    Access{&variable, sizeof(variable), type, "", 1});
  barrier();
  const bool is_ended = !HasReordered();
  ForgetReordered();
  return is_ended;
}

TEST_CASE("the barriers that programs call") {
  const auto mb = [] { KCSAN_INTERNAL_BARRIER(mb); };
  const auto wmb = [] { KCSAN_INTERNAL_BARRIER(wmb); };
  const auto rmb = [] { KCSAN_INTERNAL_BARRIER(rmb); };
  const auto release = [] { KCSAN_INTERNAL_BARRIER(release); };
  for (const int type : {kRead, kWrite, kReadWrite}) {
    CAPTURE(type);
    CHECK(PublicBarrierEnds(type, mb));
    CHECK(PublicBarrierEnds(type, release));
    CHECK(PublicBarrierEnds(type, wmb) == (type != kRead));
    CHECK(PublicBarrierEnds(type, rmb) == (type != kWrite));
  }
}

TEST_CASE("an access is under way until its own function returns") {
  static long variable;
  kcsan_rt_thread.depth = 5;  // stale
  RememberReordered(&t_context,
                    Access{&variable, sizeof(variable), kWrite, "", 1});
  CHECK(kcsan_rt_thread.depth == 0);
  ++kcsan_rt_thread.depth;  // a function that was called after it
  LeaveFunction(/*pc=*/1);
  CHECK(HasReordered());
  LeaveFunction(/*pc=*/1);
  CHECK_FALSE(HasReordered());
}

}  // namespace
}  // namespace core
}  // namespace kcsan
