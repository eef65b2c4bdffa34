// SPDX-License-Identifier: Apache-2.0
//
// Memory shared with another process, which the detector sees nothing of but
// the values that change: right with correct atomics, and each process may map
// it elsewhere. In the twin the other process does not take the lock.

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "tests/instrumented/support.h"

namespace {

struct Shared {
  std::atomic<int> lock;
  long balance[2];
  std::atomic<int> done;
};

Shared* Map(int fd) {
  return static_cast<Shared*>(
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
}

void Transfer(Shared* shared, bool locked) {
  for (int i = 0; i < 500; ++i) {
    while (locked && shared->lock.exchange(1, std::memory_order_acquire) != 0) {
      sched_yield();
    }
    ++shared->balance[0];
    Touch(shared);
    --shared->balance[1];
    Touch(shared);
    if (locked) shared->lock.store(0, std::memory_order_release);
  }
  shared->done.fetch_add(1, std::memory_order_release);
}

}  // namespace

bool Round(bool racy) {
  const int fd = memfd_create("shared", 0);
  if (ftruncate(fd, sizeof(Shared)) != 0) return false;
  Shared* const shared = Map(fd);
  const pid_t child = fork();
  if (child == 0) {
    // Another address. A detector that looked at addresses only would know
    // nothing of it.
    Transfer(Map(fd), !racy);
    _exit(0);
  }
  Transfer(shared, true);
  while (!racy && shared->done.load(std::memory_order_acquire) != 2) {
    sched_yield();
  }
  const bool right = shared->balance[0] == 1000 && shared->balance[1] == -1000;
  int status = 0;
  waitpid(child, &status, 0);
  munmap(shared, sizeof(Shared));
  close(fd);
  return right && status == 0;
}
