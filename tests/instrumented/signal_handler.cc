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

// One signal, and not one every so often: should the handler take longer than
// that, because its accesses are watched, nothing else would ever run.
void SetTimer() {
  const itimerval soon{{0, 0}, {0, 200}};
  setitimer(ITIMER_REAL, &soon, nullptr);
}

// Ends when it has been interrupted `ticks` times. Each pass reads and writes
// everything that the handler writes.
bool Work(long ticks) {
  long last = 0, timer_set_at = 0;
  while (g_progress.ticks < ticks) {
    if (timer_set_at != g_progress.ticks) {
      timer_set_at = g_progress.ticks;
      SetTimer();
    }
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
  // From the thread itself, and from the timer, at any point of the work.
  raise(SIGUSR1);
  return Work(50);
}
