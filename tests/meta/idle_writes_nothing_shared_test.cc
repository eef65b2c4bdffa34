// SPDX-License-Identifier: Apache-2.0
//
// While nothing is armed, an access writes nothing that threads share: then its
// cost cannot grow with their number. Shown by taking the right to write away.
// A child process makes all of the program's global data read-only, the
// runtime's with it, and goes on accessing. A write would end it with SIGSEGV.

#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doctest/doctest.h"
#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/data_race.h"
#include "kcsan/annotations/once.h"
#include "kcsan/assert/exclusive.h"
#include "kcsan/assert/exclusive_scoped.h"
#include "kcsan/checks.h"
#include "kcsan/core/context.h"
#include "kcsan/core/counters.h"
#include "kcsan/core/hooks.h"
#include "kcsan/core/options.h"
#include "kcsan/core/process.h"
#include "kcsan/platform/platform.h"

namespace {

using kcsan::Options;

// Everything a program does with the detector, many times over: the skip count
// runs out, too.
void AccessEverything(long* shared, int rounds) {
  long sum = 0;
  for (int i = 0; i < rounds; ++i) {
    sum += READ_ONCE(shared[0]);
    WRITE_ONCE(shared[1], sum);
    kcsan_check_read(&shared[2], sizeof(shared[2]));
    sum += shared[2];
    kcsan_check_write(&shared[3], sizeof(shared[3]));
    shared[3] = sum;
    kcsan_check_read_write(&shared[4], sizeof(shared[4]));
    shared[4] += sum;
    sum += data_race(shared[5]);
    ASSERT_EXCLUSIVE_WRITER(shared[6]);
    ASSERT_EXCLUSIVE_ACCESS(shared[6]);
    ASSERT_EXCLUSIVE_BITS(shared[6], 0xf);
    smp_store_release(&shared[7], sum);
    sum += smp_load_acquire(&shared[7]);
    smp_mb();
    ASSERT_EXCLUSIVE_WRITER_SCOPED(shared[6]);
    kcsan_nestable_atomic_begin();
    sum += READ_ONCE(shared[0]);
    kcsan_nestable_atomic_end();
  }
}

// The program's own writable segments: .data and .bss of all objects that are
// linked into it. The libraries it loads, and its threads' memory, are not in
// them.
int ProtectGlobals(dl_phdr_info* info, size_t, void*) {
  const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) == 0) continue;
    const uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    const uintptr_t end = (begin + segment.p_memsz + page - 1) & -page;
    const uintptr_t first = begin & -page;
    if (mprotect(reinterpret_cast<void*>(first), end - first, PROT_READ) != 0) {
      _exit(3);
    }
  }
  return 1;  // the program comes first, and is all we want
}

struct Meeting {
  pthread_barrier_t ready;
  pthread_barrier_t protected_now;
  int rounds;
  long shared[8];
};

void* OtherThread(void* argument) {
  Meeting* const meeting = static_cast<Meeting*>(argument);
  AccessEverything(meeting->shared, meeting->rounds);
  pthread_barrier_wait(&meeting->ready);
  pthread_barrier_wait(&meeting->protected_now);
  AccessEverything(meeting->shared, meeting->rounds);
  return nullptr;
}

struct Setup {
  Options options;
  bool enabled = true;
  // With some ten plain accesses in each, the skip count, of 4,000 at most,
  // runs out many times.
  int rounds = 5000;
};

void StartRuntime(const Setup& setup) {
  kcsan::core::Hooks hooks = {};
  kcsan::platform::FillHooks(&hooks);
  kcsan::core::SetHooks(hooks);
  kcsan::core::SetOptions(setup.options);
  kcsan::core::SetEnabled(setup.enabled);
}

// Two threads access before and after the globals become read-only. The first
// round is what starts a thread up, and resolves the symbols of libraries.
void RunChild(const Setup& setup) {
  StartRuntime(setup);
  // On the stack: the globals are about to become read-only.
  Meeting meeting = {};
  meeting.rounds = setup.rounds;
  pthread_barrier_init(&meeting.ready, nullptr, 2);
  pthread_barrier_init(&meeting.protected_now, nullptr, 2);
  pthread_t other;
  if (pthread_create(&other, nullptr, &OtherThread, &meeting) != 0) _exit(4);
  AccessEverything(meeting.shared, meeting.rounds);
  pthread_barrier_wait(&meeting.ready);
  dl_iterate_phdr(&ProtectGlobals, nullptr);
  pthread_barrier_wait(&meeting.protected_now);
  AccessEverything(meeting.shared, meeting.rounds);
  pthread_join(other, nullptr);
  _exit(0);
}

// How the child ended, as of waitpid().
int StatusOfChild(const Setup& setup) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // doctest's handlers would write to its own globals.
    signal(SIGSEGV, SIG_DFL);
    RunChild(setup);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  return status;
}

bool EndedWell(int status) {
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool WroteGlobals(int status) {
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

}  // namespace

TEST_CASE("idle accesses write nothing shared") {
  Setup setup;
  setup.options.overhead = 0;  // nothing is ever armed
  CHECK(EndedWell(StatusOfChild(setup)));
}

TEST_CASE("idle accesses write nothing shared, with sampling=count") {
  Setup setup;
  setup.options.sampling = kcsan::kSamplingCount;
  setup.options.skip_watch = 1000000000;
  setup.options.skip_watch_randomize = false;
  CHECK(EndedWell(StatusOfChild(setup)));
}

TEST_CASE("accesses write nothing shared while the detector is disabled") {
  Setup setup;
  setup.enabled = false;
  CHECK(EndedWell(StatusOfChild(setup)));
}

TEST_CASE("an armed watchpoint would be noticed here") {
  Setup setup;
  setup.options.overhead = 100;
  setup.options.udelay = 1;
  setup.rounds = 3;  // each access stalls
  CHECK(WroteGlobals(StatusOfChild(setup)));
}
