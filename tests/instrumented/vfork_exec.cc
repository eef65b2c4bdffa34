// SPDX-License-Identifier: Apache-2.0
//
// vfork(): for a moment the child runs in the parent's memory, on the parent's
// stack, while the parent's other threads go on. Then another program starts.
// In the twin those other threads count without their lock.

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <mutex>

#include "tests/instrumented/support.h"

namespace {

struct Attempt {
  int value = 1;
  int made = 0;
};

int Status(pid_t child) {
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// What a child of vfork() writes is seen by the parent. Programs rely on it.
__attribute__((noinline)) int ByVfork(Attempt* attempt) {
  char name[] = "true";
  char* const arguments[] = {name, nullptr};
  const pid_t child = vfork();
  if (child == 0) {
    for (int i = 0; i < 100; ++i) {
      attempt->made += attempt->value;
      Touch(attempt);
    }
    execv("/bin/true", arguments);
    execv("/usr/bin/true", arguments);
    _exit(127);
  }
  return Status(child);
}

int BySpawn() {
  char name[] = "false";
  char* const arguments[] = {name, nullptr};
  pid_t child = 0;
  if (posix_spawnp(&child, name, nullptr, nullptr, arguments, environ) != 0) {
    return -1;
  }
  return Status(child);
}

}  // namespace

bool Round(bool racy) {
  std::atomic<bool> over{false};
  std::mutex mutex;
  long total = 0, own[3] = {};
  bool right = true;
  support::Together(3, [&](int self) {
    if (self == 0) {
      Attempt attempt;
      right = ByVfork(&attempt) == 0 && attempt.made == 100 && BySpawn() == 1;
      over = true;
      return;
    }
    while (!over) {
      std::unique_lock<std::mutex> lock(mutex, std::defer_lock);
      if (!racy) lock.lock();
      ++total;
      ++own[self];
    }
  });
  return right && (racy || total == own[1] + own[2]);
}
