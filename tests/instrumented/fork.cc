// SPDX-License-Identifier: Apache-2.0
//
// fork() while other threads work: parent and child go on, each with a copy of
// all memory, and start more threads. Nothing of it is shared. In the twin it
// is: one counter in memory that both have.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "tests/instrumented/support.h"

namespace {

struct Counts {
  std::atomic<long> marked;
  long plain[4];
};

Counts g_private;

void Work(Counts* counts) {
  for (int i = 0; i < 300; ++i) {
    // One after the other: of an access of 16 bytes, as vectors make it, a
    // change of value cannot be seen.
    for (long& value : counts->plain) {
      ++value;
      Touch(counts);
    }
  }
}

Counts* SharedCounts() {
  return static_cast<Counts*>(mmap(nullptr, sizeof(Counts),
                                   PROT_READ | PROT_WRITE,
                                   MAP_SHARED | MAP_ANONYMOUS, -1, 0));
}

int InChild(Counts* shared, bool racy) {
  Work(&g_private);
  std::thread more(Work, racy ? shared : &g_private);
  more.join();
  shared->marked.fetch_add(1);
  return g_private.plain[3] >= 300 ? 0 : 1;
}

}  // namespace

bool Round(bool racy) {
  Counts* const shared = SharedCounts();
  std::atomic<bool> stop{false};
  // The child gets this thread's half-done work, and not the thread.
  std::thread busy([&] {
    Counts own{};
    while (!stop) Work(&own);
  });
  const pid_t child = fork();
  if (child == 0) std::exit(InChild(shared, racy));
  Work(racy ? shared : &g_private);
  int status = 0;
  waitpid(child, &status, 0);
  stop = true;
  busy.join();
  if (racy && WIFEXITED(status) && WEXITSTATUS(status) == 66) _exit(66);
  const long marked = shared->marked;
  munmap(shared, sizeof(Counts));
  return status == 0 && marked == 1;
}
