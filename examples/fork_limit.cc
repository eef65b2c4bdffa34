// SPDX-License-Identifier: Apache-2.0
//
// A limit that may be off by one, and a counter that may not. Before it makes a
// new task, a fork() looks whether there are too many already. The look needs
// no lock: it guards against a flood, and whether the flood stops at 100 tasks
// or at 101 does not matter. data_race() says so, to the detector and to the
// next reader. (Linux does the same in its copy_process().)
//
// The counter itself must be right, so it changes under a lock, by plain
// accesses. ASSERT_EXCLUSIVE_WRITER() says that whoever holds the lock is the
// only writer, and that readers without it are expected.
//
//   ./bazelw run //examples:fork_limit            silence, status 0
//   ./bazelw run //examples:fork_limit -- --bug   a report, status 66
//
// With --bug, a second path forgets the lock. The claim names both paths
// ("assert no writes"), and mostly the plain access next to the claim gives a
// second report. data_race() silences the look, and nothing else. See
// expected/fork_limit_bug.txt.

#include <pthread.h>

#include <cstdio>
#include <mutex>
#include <thread>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "kcsan/kcsan.h"

ABSL_FLAG(bool, bug, false, "let a second path count without the lock");

constexpr absl::Duration kRunTime = absl::Milliseconds(500);
constexpr int kMaxTasks = 100;

std::mutex task_list_mutex;
// Written under task_list_mutex.
kcsan::checked<int> num_tasks = 0;

void CountTask(int change) {
  const std::lock_guard<std::mutex> lock(task_list_mutex);
  ASSERT_EXCLUSIVE_WRITER(num_tasks);
  num_tasks += change;
}

// The bug: a path for helper tasks, made fast by leaving out the lock.
void CountHelper(int change) { num_tasks += change; }

// Makes a task, which ends at once, unless there are too many.
void Fork(void (*count)(int)) {
  // Without the lock: one task too many or too few does no harm.
  if (data_race(num_tasks >= kMaxTasks)) return;
  for (const int change : {+1, -1}) count(change);
}

// Forks for kRunTime, on a thread called `name`.
void Work(const char* name, void (*count)(int)) {
  pthread_setname_np(pthread_self(), name);
  const absl::Time end = absl::Now() + kRunTime;
  while (absl::Now() < end) Fork(count);
}

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("A limit that may be off by one.");
  absl::ParseCommandLine(argc, argv);
  const auto count_helper =
      absl::GetFlag(FLAGS_bug) ? &CountHelper : &CountTask;

  std::thread shell(Work, "shell", &CountTask);
  std::thread helper(Work, "helper", count_helper);
  shell.join();
  helper.join();
  std::printf("%d tasks are left, and should be 0\n",
              static_cast<int>(num_tasks));
}
