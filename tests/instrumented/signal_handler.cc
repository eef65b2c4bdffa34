// SPDX-License-Identifier: Apache-2.0
//
// A thread's own signal handler changes what the thread is working on. That is
// not another thread, and no data race. In the twin the same handler runs on
// the thread that sends the signals, too.

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

#include "tests/instrumented/support.h"

namespace {

struct Progress {
  long ticks;
  long copies[8];
};

Progress g_progress;

void OnSignal(int) {
  ++g_progress.ticks;
  for (long& copy : g_progress.copies) copy = g_progress.ticks;
}

void RaceWithHandler(pthread_t worker) {
  for (int i = 0; i < 100; ++i) {
    pthread_kill(worker, SIGUSR1);
    OnSignal(SIGUSR1);
  }
}

// Ends when it has been interrupted `ticks` times. Each pass reads and writes
// everything that the handler writes.
bool Work(long ticks) {
  long last = 0;
  while (g_progress.ticks < ticks) {
    for (const long& copy : g_progress.copies) {
      if (copy < last) return false;
      last = copy;
      Touch(&g_progress);
    }
    g_progress.copies[0] = g_progress.copies[7];
    Touch(&g_progress);
    last = 0;
  }
  return true;
}

}  // namespace

bool Round(bool racy) {
  struct sigaction action {};
  action.sa_handler = OnSignal;
  sigfillset(&action.sa_mask);
  sigaction(SIGUSR1, &action, nullptr);
  sigaction(SIGALRM, &action, nullptr);
  g_progress = Progress{};
  if (racy) {
    const pthread_t worker = pthread_self();
    support::Together(1, [worker](int) { RaceWithHandler(worker); });
    return true;
  }
  // Signals from a timer, at any point of the work, and from the thread itself.
  const itimerval fast{{0, 500}, {0, 500}}, off{};
  setitimer(ITIMER_REAL, &fast, nullptr);
  raise(SIGUSR1);
  const bool right = Work(50);
  setitimer(ITIMER_REAL, &off, nullptr);
  return right;
}
