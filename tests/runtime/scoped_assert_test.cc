// SPDX-License-Identifier: Apache-2.0
//
// Claims that hold for a scope: at every access in it, in called functions too,
// reported at the place where the scope was opened, and over when it is over.

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <thread>

#include "doctest/doctest.h"
#include "kcsan/core/context.h"
#include "kcsan/platform/unwind.h"
#include "tests/support/accesses.h"
#include "tests/support/expect.h"
#include "tests/support/race_harness.h"

namespace kcsan {
namespace testing {
namespace {

long g_elsewhere;

__attribute__((noinline)) void WorkElsewhere() {
  PlainWrite(&g_elsewhere, Load(&g_elsewhere) + 1);
  __asm__ __volatile__("");
}

// Opens a scope on x and works in it. Written out, so that the claim stands in
// this function in every build.
__attribute__((noinline)) void ClaimAndWork(long* x, int type) {
  kcsan_scoped_access scope = {};
  kcsan_rt_begin_scoped(&scope, x, sizeof(*x), type, 0,
                        KCSAN_INTERNAL_SITE("scope"));
  for (int i = 0; i < 20; ++i) WorkElsewhere();
  kcsan_rt_end_scoped(&scope);
  __asm__ __volatile__("");
}

uintptr_t FunctionOf(const AccessRecord& record) {
  return platform::FunctionStart(record.frames[0]);
}

const uintptr_t kClaimAndWork = reinterpret_cast<uintptr_t>(&ClaimAndWork);

TEST_CASE("a scope's claim is watched at accesses of called functions") {
  RaceHarness harness;
  long x = 0;
  int in_callee = 0;
  int windows = 0;
  harness.RunWithWindow(
      [&] { ClaimAndWork(&x, kClaimWriter); },
      [&](const core::StallRequest& request) {
        if (request.address != reinterpret_cast<uintptr_t>(&x)) {
          return;
        }
        ++windows;
        CHECK(request.type == (kClaimWriter | KCSAN_ACCESS_SCOPED));
        in_callee += windows > 1;
      });
  // Its begin, its end, and of 20 accesses about half.
  CHECK(windows >= 2 + 3);
  CHECK(in_callee > 0);
}

TEST_CASE("the watching side is reported where its scope was opened") {
  RaceHarness harness;
  long x = 0;
  const Encounter encounter = harness.Race(
      [&] { ClaimAndWork(&x, kClaimWriter); }, [&] { PlainWrite(&x, 1L); }, &x);
  Side scope = Scoped(WriterClaim(&x));
  scope.text = "scope";
  CHECK(Mismatch(encounter, ExpectRace(scope, Write(&x), 0, 1)) == "");
  CHECK(FunctionOf(encounter.reports[0].watcher) == kClaimAndWork);
}

TEST_CASE("the side that comes by is reported where its scope was opened") {
  RaceHarness harness;
  long x = 0;
  // The window is met inside WorkElsewhere(), on another variable.
  const Encounter encounter =
      harness.Race([&] { PlainWrite(&x, 0L); },
                   [&] {
                     kcsan_disable_current();
                     kcsan_scoped_access scope = {};
                     kcsan_rt_begin_scoped(&scope, &x, sizeof(x), kClaimAccess,
                                           0, KCSAN_INTERNAL_SITE("scope"));
                     kcsan_enable_current();
                     WorkElsewhere();
                     kcsan_rt_end_scoped(&scope);
                   });
  CHECK(Mismatch(encounter,
                 ExpectRace(Write(&x), Scoped(AccessClaim(&x)), 0, 0)) == "");
  const AccessRecord& other = encounter.reports[0].other;
  CHECK(FunctionOf(other) != reinterpret_cast<uintptr_t>(&WorkElsewhere));
}

TEST_CASE("a scope that comes by in its own begin or end") {
  RaceHarness harness;
  long x = 0;
  CHECK(Mismatch(harness.Race([&] { PlainWrite(&x, 0L); },
                              [&] { ClaimAndWork(&x, kClaimWriter); }),
                 ExpectRace(Write(&x), Scoped(WriterClaim(&x)), 0, 0)) == "");
  const Encounter at_end =
      harness.Race([&] { PlainWrite(&x, 0L); },
                   [&] {
                     kcsan_disable_current();
                     ScopedClaim claim(&x, sizeof(x), kClaimWriter);
                     kcsan_enable_current();
                   });
  CHECK(Mismatch(at_end,
                 ExpectRace(Write(&x), Scoped(WriterClaim(&x)), 0, 0)) == "");
}

TEST_CASE("scopes against scopes: only two single writers agree") {
  RaceHarness harness;
  long x = 0;
  const auto writer = [&] { ClaimAndWork(&x, kClaimWriter); };
  const auto access = [&] { ClaimAndWork(&x, kClaimAccess); };
  const Side w = Scoped(WriterClaim(&x));
  const Side a = Scoped(AccessClaim(&x));
  CHECK(Mismatch(harness.Race(writer, writer, &x), ExpectSilence()) == "");
  CHECK(Mismatch(harness.Race(access, access, &x), ExpectRace(a, a, 0, 0)) ==
        "");
  CHECK(Mismatch(harness.Race(writer, access, &x), ExpectRace(w, a, 0, 0)) ==
        "");
  CHECK(Mismatch(harness.Race(access, writer, &x), ExpectRace(a, w, 0, 0)) ==
        "");
}

TEST_CASE("a scope on bits minds these bits only") {
  RaceHarness harness;
  unsigned x = 0;
  const auto claim = [&] {
    ScopedClaim scope(&x, sizeof(x), kClaimWriter, 0xf0);
  };
  CHECK(Mismatch(harness.Race(
                     claim, [&] { PlainWrite(&x, 0x0fu); }, &x),
                 ExpectSilence()) == "");
  Expect expect = ExpectRace(Scoped(WriterClaim(&x)), Write(&x), 0x0f, 0x1f);
  expect.mask = 0xf0;
  CHECK(Mismatch(harness.Race(
                     claim, [&] { PlainWrite(&x, 0x1fu); }, &x),
                 expect) == "");
  // It disturbs no window of others.
  CHECK(Mismatch(harness.Race([&] { PlainWrite(&x, 0u); }, claim),
                 ExpectSilence()) == "");
}

TEST_CASE("after its end a scope claims nothing") {
  RaceHarness harness;
  long x = 0;
  const auto ended = [&] {
    { ScopedClaim scope(&x, sizeof(x), kClaimAccess); }
    CHECK(kcsan_rt_thread.attention == 0);
    WorkElsewhere();
  };
  // As the one who comes by: the scope is over before the window opens.
  CHECK(Mismatch(harness.Race([&] { PlainWrite(&x, 0L); },
                              [&] {
                                kcsan_disable_current();
                                { ScopedClaim s(&x, sizeof(x), kClaimAccess); }
                                kcsan_enable_current();
                                WorkElsewhere();
                              }),
                 ExpectSilence()) == "");
  // As the one who watches.
  int windows_after = 0;
  bool is_over = false;
  harness.RunWithWindow(
      [&] {
        ended();
        is_over = true;
        for (int i = 0; i < 50; ++i) WorkElsewhere();
      },
      [&](const core::StallRequest& request) {
        windows_after +=
            is_over && request.address == reinterpret_cast<uintptr_t>(&x);
      });
  CHECK(windows_after == 0);
}

// Addresses that are watched while `body` runs a number of plain accesses.
bool IsWatchedAtWork(RaceHarness* harness, const long* x) {
  bool is_watched = false;
  harness->RunWithWindow(
      [] {
        for (int i = 0; i < 60; ++i) WorkElsewhere();
      },
      [&](const core::StallRequest& request) {
        is_watched =
            is_watched || request.address == reinterpret_cast<uintptr_t>(x);
      });
  return is_watched;
}

void Begin(kcsan_scoped_access* scope, const long* x) {
  kcsan_rt_begin_scoped(scope, x, sizeof(*x), kClaimWriter, 0, "scope");
}

TEST_CASE("scopes nest, and may end in any order") {
  RaceHarness harness;
  long x[4] = {};
  // Every order in which four scopes can end.
  int order[4] = {0, 1, 2, 3};
  int permutations = 0;
  do {
    kcsan_scoped_access scopes[4] = {};
    for (int i = 0; i < 4; ++i) Begin(&scopes[i], &x[i]);
    bool is_open[4] = {true, true, true, true};
    for (const int ended : order) {
      kcsan_rt_end_scoped(&scopes[ended]);
      is_open[ended] = false;
      for (int i = 0; i < 4; ++i) {
        REQUIRE(IsWatchedAtWork(&harness, &x[i]) == is_open[i]);
      }
    }
    REQUIRE(kcsan_rt_thread.attention == 0);
    ++permutations;
  } while (std::next_permutation(order, order + 4));
  CHECK(permutations == 24);
  CHECK(CounterValue(Counter::unbalanced_calls) == 0);
}

TEST_CASE("the same claim twice is two scopes") {
  RaceHarness harness;
  long x = 0;
  ScopedClaim outer(&x, sizeof(x), kClaimWriter);
  { ScopedClaim inner(&x, sizeof(x), kClaimWriter); }
  CHECK(IsWatchedAtWork(&harness, &x));
}

TEST_CASE("ends without a begin are counted and change nothing") {
  RaceHarness harness;
  long x = 0;
  long y = 0;
  ScopedClaim open(&y, sizeof(y), kClaimWriter);

  kcsan_scoped_access never = {};
  kcsan_rt_end_scoped(&never);
  CHECK(CounterValue(Counter::unbalanced_calls) == 1);

  kcsan_scoped_access twice = {};
  Begin(&twice, &x);
  kcsan_rt_end_scoped(&twice);
  CHECK(CounterValue(Counter::unbalanced_calls) == 1);
  kcsan_rt_end_scoped(&twice);
  CHECK(CounterValue(Counter::unbalanced_calls) == 2);

  CHECK(IsWatchedAtWork(&harness, &y));
}

// A co_await inside a scope does so, and then frees the frame.
TEST_CASE("a scope ended by another thread is forgotten, with all the others") {
  RaceHarness harness;
  long x = 0;
  long y = 0;
  const size_t page_size = 4096;
  void* const page = mmap(nullptr, page_size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(page != MAP_FAILED);
  {
    ScopedClaim open(&y, sizeof(y), kClaimWriter);
    Begin(static_cast<kcsan_scoped_access*>(page), &x);
    std::thread([=] {
      kcsan_rt_end_scoped(static_cast<kcsan_scoped_access*>(page));
      munmap(page, page_size);
    }).join();
    CHECK(CounterValue(Counter::unbalanced_calls) == 1);
    CHECK_FALSE(IsWatchedAtWork(&harness, &x));
    CHECK_FALSE(IsWatchedAtWork(&harness, &y));
  }
  CHECK(CounterValue(Counter::unbalanced_calls) == 2);
  // And those opened from now on are as ever.
  const ScopedClaim later(&y, sizeof(y), kClaimWriter);
  CHECK(IsWatchedAtWork(&harness, &y));
}

TEST_CASE("a begin of what is open is counted and changes nothing") {
  RaceHarness harness;
  long x = 0;
  long y = 0;
  kcsan_scoped_access scope = {};
  Begin(&scope, &x);
  ScopedClaim inner(&y, sizeof(y), kClaimWriter);
  Begin(&scope, &x);
  CHECK(CounterValue(Counter::unbalanced_calls) == 1);
  CHECK(IsWatchedAtWork(&harness, &x));
  CHECK(IsWatchedAtWork(&harness, &y));
  kcsan_rt_end_scoped(&scope);
  CHECK_FALSE(IsWatchedAtWork(&harness, &x));
  CHECK(IsWatchedAtWork(&harness, &y));
}

TEST_CASE("a scope in a disabled region claims nothing until it is enabled") {
  RaceHarness harness;
  long x = 0;
  kcsan_disable_current();
  ScopedClaim scope(&x, sizeof(x), kClaimWriter);
  CHECK_FALSE(IsWatchedAtWork(&harness, &x));
  kcsan_enable_current();
  CHECK(IsWatchedAtWork(&harness, &x));
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
