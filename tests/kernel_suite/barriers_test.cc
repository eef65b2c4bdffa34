// SPDX-License-Identifier: Apache-2.0
//
// Cases 1 and 27 to 30 of the kernel's suite: what the model of weak memory
// takes for ordered.

#include "doctest/doctest.h"
#include "tests/kernel_suite/kernels.h"
#include "tests/kernel_suite/suite.h"
#include "tests/kernel_suite/table.h"

namespace kernel_suite {
namespace {

constexpr char kWeak[] = "weak_memory=1";
// Every plain access is watched, for no time, and is then under way.
constexpr char kWatchAll[] = "weak_memory=1:skip_watch=0:udelay=0";

Plan Locked(const char* label, const char* options, Kernel kernel) {
  Plan plan;
  plan.label = label;
  plan.options = options;
  plan.others = {kernel};
  plan.interrupt = kernel;
  return plan;
}

// The access of one thread has left the section in which another makes its own.
Plan Broken(const char* function, Kernel kernel) {
  Plan plan = Locked("weak", kWeak, kernel);
  const Side inside = Modify(function, g_value);
  plan.want = {Race(inside, Reordered(inside))};
  plan.may = {Race(Reordered(inside), Reordered(inside))};
  return plan;
}

TEST_CASE("barriers, one thread") {
  const char* wrong = nullptr;
  RunAlone(kWatchAll, [&] { wrong = CheckBarriers(); });
  INFO("wrong: " << (wrong == nullptr ? "nothing" : wrong));
  CHECK(wrong == nullptr);
  AddRow("1 barrier_nothreads", 0, wrong == nullptr ? "as it should" : wrong);
}

TEST_CASE("correct barrier") {
  TakeLockCount();
  RunCase("27 correct_barrier",
          {Locked("release", kWeak, LockWithBarriers),
           Broken("LockWithoutBarriers", LockWithoutBarriers)});
  CHECK(TakeLockCount() > 0);
}

TEST_CASE("missing barrier") {
  RunCase("28 missing_barrier",
          {Broken("LockWithoutBarriers", LockWithoutBarriers),
           Locked("strong", "weak_memory=0", LockWithoutBarriers)});
}

TEST_CASE("atomic builtins, correct barrier") {
  TakeLockCount();
  RunCase("29 atomic_builtins_correct_barrier",
          {Locked("release", kWeak, LockWithBuiltins),
           Broken("LockWithRelaxedBuiltins", LockWithRelaxedBuiltins)});
  CHECK(TakeLockCount() > 0);
}

TEST_CASE("atomic builtins, missing barrier") {
  RunCase("30 atomic_builtins_missing_barrier",
          {Broken("LockWithRelaxedBuiltins", LockWithRelaxedBuiltins),
           Locked("strong", "weak_memory=0", LockWithRelaxedBuiltins)});
}

}  // namespace
}  // namespace kernel_suite
