// SPDX-License-Identifier: Apache-2.0
//
// C++20's semaphore, latch, barrier and atomic wait, which are header code and
// therefore instrumented, and those of POSIX. In the twin nobody waits.

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

#include <atomic>
#include <barrier>
#include <latch>
#include <semaphore>

#include "tests/instrumented/support.h"

namespace {

constexpr int kThreads = 3;

struct Meeting {
  Meeting() {
    pthread_barrier_init(&posix_barrier, nullptr, kThreads);
    sem_init(&posix_semaphore, 0, 1);
  }
  ~Meeting() {
    sem_destroy(&posix_semaphore);
    pthread_barrier_destroy(&posix_barrier);
  }
  std::barrier<> barrier{kThreads};
  std::latch latch{kThreads};
  std::counting_semaphore<4> semaphore{1};
  std::atomic<int> turn{0};
  pthread_barrier_t posix_barrier;
  sem_t posix_semaphore;
};

// Each phase: everybody writes his own cell, then reads all cells.
struct Cells {
  long cells[kThreads] = {};
  void Write(int self, long value) { cells[self] = value; }
  bool AllAre(long value) const {
    for (const long cell : cells) {
      if (cell != value) return false;
    }
    return true;
  }
};

}  // namespace

bool Round(bool racy) {
  Meeting meeting;
  Cells first[20], second[20], third;
  long total = 0, posix_total = 0, in_turn = 0;
  std::atomic<bool> right{true};
  support::Together(kThreads, [&](int self) {
    for (int i = 0; i < 20; ++i) {
      first[i].Write(self, i);
      if (!racy) meeting.barrier.arrive_and_wait();
      if (!first[i].AllAre(i)) right = false;
      second[i].Write(self, i);
      if (!racy) pthread_barrier_wait(&meeting.posix_barrier);
      if (!second[i].AllAre(i)) right = false;
      // Not acquire(): libstdc++ 12 sometimes sleeps through a release (its bug
      // 104928), and any delay makes that likely.
      while (!racy && !meeting.semaphore.try_acquire()) sched_yield();
      for (int n = 0; n < 10; ++n) {
        ++total;
        Touch(&total);
      }
      if (!racy) meeting.semaphore.release();
      if (!racy) sem_wait(&meeting.posix_semaphore);
      posix_total += 10;
      if (!racy) sem_post(&meeting.posix_semaphore);
    }
    third.Write(self, 9);
    meeting.latch.arrive_and_wait();
    if (!third.AllAre(9)) right = false;
    // One after the other.
    for (int now = meeting.turn; now != self; now = meeting.turn) {
      meeting.turn.wait(now);
    }
    ++in_turn;
    meeting.turn = self + 1;
    meeting.turn.notify_all();
  });
  return right && total == 200 * kThreads && posix_total == total &&
         in_turn == kThreads;
}
