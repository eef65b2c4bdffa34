// SPDX-License-Identifier: Apache-2.0
//
// What libraries tell ThreadSanitizer, told to us.

#include "doctest/doctest.h"
#include "kcsan/core/reorder.h"
#include "tests/unit/abi/told.h"

extern "C" {
void __tsan_write4(void*);
void __tsan_acquire(void*);
void __tsan_release(void*);
void __tsan_mutex_create(void*, unsigned);
void __tsan_mutex_pre_lock(void*, unsigned);
void __tsan_mutex_post_lock(void*, unsigned, int);
int __tsan_mutex_pre_unlock(void*, unsigned);
void __tsan_mutex_post_unlock(void*, unsigned);
void __tsan_mutex_pre_signal(void*, unsigned);
void __tsan_mutex_post_signal(void*, unsigned);
void __tsan_mutex_pre_divert(void*, unsigned);
void __tsan_mutex_post_divert(void*, unsigned);
void __tsan_ignore_thread_begin();
void __tsan_ignore_thread_end();
void AnnotateIgnoreReadsBegin(const char*, int);
void AnnotateIgnoreReadsEnd(const char*, int);
void AnnotateIgnoreWritesBegin(const char*, int);
void AnnotateIgnoreWritesEnd(const char*, int);
void AnnotateBenignRaceSized(const char*, int, const volatile void*, size_t,
                             const char*);
void AnnotateHappensBefore(const char*, int, const volatile void*);
void AnnotateHappensAfter(const char*, int, const volatile void*);
int RunningOnValgrind();
}

namespace kcsan {
namespace testing {
namespace {

int g_x;

bool IsSeen() {
  return !(ToldOf(&g_x, sizeof(g_x), [] { __tsan_write4(&g_x); }) == Told());
}

// Whether an access between two calls is seen, and one after them.
template <typename Begin, typename End>
void CheckIgnores(const Begin& begin, const End& end) {
  const Told between = ToldOf(&g_x, sizeof(g_x), [&] {
    begin();
    __tsan_write4(&g_x);
    end();
  });
  CHECK(between == Told());
  const Told after = ToldOf(&g_x, sizeof(g_x), [&] {
    begin();
    end();
    __tsan_write4(&g_x);
  });
  CHECK(after == Tells(kPlainWrite, &g_x, 4));
}

TEST_CASE("ignored regions are ignored, and end") {
  CheckIgnores(__tsan_ignore_thread_begin, __tsan_ignore_thread_end);
  CheckIgnores([] { AnnotateIgnoreReadsBegin("", 0); },
               [] { AnnotateIgnoreReadsEnd("", 0); });
  CheckIgnores([] { AnnotateIgnoreWritesBegin("", 0); },
               [] { AnnotateIgnoreWritesEnd("", 0); });
}

TEST_CASE("the inside of a mutex is not looked at, what it calls is") {
  static char mutex;
  CheckIgnores([] { __tsan_mutex_pre_lock(&mutex, 0); },
               [] { __tsan_mutex_post_lock(&mutex, 0, 1); });
  CheckIgnores([] { __tsan_mutex_pre_unlock(&mutex, 0); },
               [] { __tsan_mutex_post_unlock(&mutex, 0); });
  CheckIgnores([] { __tsan_mutex_pre_signal(&mutex, 0); },
               [] { __tsan_mutex_post_signal(&mutex, 0); });
  const Told diverted = ToldOf(&g_x, sizeof(g_x), [] {
    __tsan_mutex_pre_lock(&mutex, 0);
    __tsan_mutex_pre_divert(&mutex, 0);
    __tsan_write4(&g_x);
    __tsan_mutex_post_divert(&mutex, 0);
    __tsan_mutex_post_lock(&mutex, 0, 1);
  });
  CHECK(diverted == Tells(kPlainWrite, &g_x, 4));
  CHECK(IsSeen());
}

// Is a write that is under way over after it?
template <typename Operation>
bool Ends(const Operation& operation) {
  core::RememberReordered(
      &core::t_context,
      core::Access{&g_x, sizeof(g_x), KCSAN_ACCESS_WRITE, nullptr, 1});
  operation();
  const bool is_ended = !core::HasReordered();
  core::ForgetReordered();
  return is_ended;
}

TEST_CASE("a release is a barrier, an acquire is none") {
  static char mutex;
  CHECK(Ends([] { __tsan_release(&mutex); }));
  CHECK_FALSE(Ends([] { __tsan_acquire(&mutex); }));
  CHECK(Ends([] { AnnotateHappensBefore("", 0, &mutex); }));
  CHECK_FALSE(Ends([] { AnnotateHappensAfter("", 0, &mutex); }));
  CHECK(Ends([] {
    __tsan_mutex_pre_unlock(&mutex, 0);
    __tsan_mutex_post_unlock(&mutex, 0);
  }));
  CHECK_FALSE(Ends([] {
    __tsan_mutex_pre_lock(&mutex, 0);
    __tsan_mutex_post_lock(&mutex, 0, 1);
  }));
}

TEST_CASE("a race declared benign is not watched") {
  static int benign;
  RaceHarness harness;
  int windows = 0;
  const auto count = [&](const core::StallRequest&) { ++windows; };
  harness.RunWithWindow([] { __tsan_write4(&benign); }, count);
  CHECK(windows == 1);
  AnnotateBenignRaceSized("", 0, &benign, sizeof(benign), "a statistic");
  harness.RunWithWindow([] { __tsan_write4(&benign); }, count);
  CHECK(windows == 1);
  harness.RunWithWindow([] { __tsan_write4(&g_x); }, count);
  CHECK(windows == 2);
}

TEST_CASE("this is not Valgrind") { CHECK(RunningOnValgrind() == 0); }

}  // namespace
}  // namespace testing
}  // namespace kcsan
