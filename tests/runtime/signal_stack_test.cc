// SPDX-License-Identifier: Apache-2.0
//
// Handlers on stacks of their own: small ones are not run over, and it does not
// matter where they lie.

#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include <cstdint>
#include <functional>
#include <initializer_list>

#include "doctest/doctest.h"
#include "tests/support/accesses.h"
#include "tests/support/expect.h"
#include "tests/support/gate.h"
#include "tests/support/race_harness.h"

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

namespace kcsan {
namespace testing {
namespace {

constexpr size_t kPage = 4096;

// What the kernel itself puts on a signal stack: kilobytes with wide vectors.
size_t FrameSize() {
  const size_t size = getauxval(AT_MINSIGSTKSZ);
  return size != 0 ? size : MINSIGSTKSZ;
}

size_t RoundUp(size_t size) { return (size + kPage - 1) & ~(kPage - 1); }

std::function<void()>* g_body;
void RunBody(int) { (*g_body)(); }

// Runs `body` in a handler on a stack that begins at `memory`.
void RunOnStackAt(void* memory, size_t size, std::function<void()> body) {
  stack_t stack = {};
  stack.ss_sp = memory;
  stack.ss_size = size;
  stack_t saved_stack = {};
  CHECK(sigaltstack(&stack, &saved_stack) == 0);
  struct sigaction action = {};
  action.sa_handler = &RunBody;
  action.sa_flags = SA_ONSTACK;
  struct sigaction saved_action = {};
  sigaction(SIGUSR1, &action, &saved_action);
  g_body = &body;
  pthread_kill(pthread_self(), SIGUSR1);
  sigaction(SIGUSR1, &saved_action, nullptr);
  sigaltstack(&saved_stack, nullptr);
}

// On a stack with room for `room` bytes beside the kernel's, above a page that
// may not be touched.
void RunWithRoom(size_t room, const std::function<void()>& body) {
  const size_t size = RoundUp(FrameSize() + room);
  char* const memory =
      static_cast<char*>(mmap(nullptr, kPage + size, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  mprotect(memory, kPage, PROT_NONE);
  RunOnStackAt(memory + kPage, size, body);
  munmap(memory, kPage + size);
}

long g_x;
long g_y;

// A handler's accesses meet the window of another thread on g_x, and would open
// one on g_y.
Encounter AccessWithRoom(RaceHarness* harness, size_t room) {
  return harness->Race([] { PlainRead(&g_x); },
                       [room] {
                         WatchAll();
                         RunWithRoom(room, [] {
                           PlainWrite(&g_x, 0L);
                           PlainWrite(&g_y, 0L);
                         });
                       });
}

TEST_CASE("on the smallest stack accesses are let pass") {
  RaceHarness harness;
  CHECK(Mismatch(AccessWithRoom(&harness, kPage), ExpectSilence()) == "");
  // Not met; not watched, twice.
  CHECK(CounterValue(Counter::no_stack) == 3);
  CHECK(CounterValue(Counter::setup_watchpoints) == 1);
}

TEST_CASE("on a stack of 16 kilobytes they meet the windows of others") {
  RaceHarness harness;
  const Encounter encounter = AccessWithRoom(&harness, 4 * kPage);
  CHECK(Mismatch(encounter, ExpectRace(Read(&g_x), Write(&g_x), 0, 0)) == "");
  CHECK(CounterValue(Counter::no_stack) == 2);
  CHECK(CounterValue(Counter::setup_watchpoints) == 1);
}

TEST_CASE("on a large stack they open windows, too") {
  RaceHarness harness;
  const Encounter encounter = AccessWithRoom(&harness, 64 * kPage);
  CHECK(Mismatch(encounter, ExpectRace(Read(&g_x), Write(&g_x), 0, 0)) == "");
  CHECK(CounterValue(Counter::no_stack) == 0);
  CHECK(CounterValue(Counter::setup_watchpoints) == 3);
}

// A signal stack below or above the stack of the thread that it interrupts.
void* StallAndInterrupt(void* signal_stack) {
  g_x = 0;
  RaceHarness* const harness = RaceHarness::Current();
  bool is_interrupted = false;
  harness->RunWithWindow([] { PlainRead(&g_x); },
                         [&](const core::StallRequest&) {
                           if (is_interrupted) return;
                           is_interrupted = true;
                           RunOnStackAt(signal_stack, 64 * kPage, [] {
                             MarkedRead(&g_y);
                             PlainWrite(&g_y, 1L);
                             ClaimWriter(&g_y);
                           });
                           Store(&g_x, 1L);
                         });
  WatchAll();
  harness->RunWithWindow([] { PlainRead(&g_y); },
                         [](const core::StallRequest&) {});
  return nullptr;
}

TEST_CASE("a handler on a stall may have its stack below or above") {
  constexpr size_t kStack = 128 * kPage;
  char* const memory =
      static_cast<char*>(mmap(nullptr, 3 * kStack, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  for (const bool above : {false, true}) {
    CAPTURE(above);
    RaceHarness harness;
    harness.Set([](Options& o) { o.signal_watcher = true; });
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, memory + kStack, kStack);
    pthread_t thread;
    REQUIRE(pthread_create(&thread, &attributes, &StallAndInterrupt,
                           above ? memory + 2 * kStack : memory) == 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
    CHECK(Leftovers() == "");
    // Below, the stall goes on and sees the change. Above, the handler is taken
    // for code that the stall was left for: a race is missed, and no more.
    const size_t reports = harness.TakeReports().size();
    CHECK(reports == (above ? 0 : 1));
  }
  munmap(memory, 3 * kStack);
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
