// SPDX-License-Identifier: Apache-2.0
//
// Threads that take turns by system calls which are nobody's idea of a lock: an
// event's count, a semaphore of System V, a signal that is waited for, a file
// lock. In the twin one of them does not wait.

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <unistd.h>

#include "tests/instrumented/support.h"

namespace {

// Lets one thread through at a time, by a count that the kernel keeps.
class EventTurn {
 public:
  EventTurn() : fd_(eventfd(1, EFD_SEMAPHORE)) {}
  ~EventTurn() { close(fd_); }
  void Take() {
    eventfd_t count = 0;
    while (eventfd_read(fd_, &count) != 0) sched_yield();
  }
  void Give() { eventfd_write(fd_, 1); }

 private:
  int fd_;
};

class SemaphoreTurn {
 public:
  SemaphoreTurn() : id_(semget(IPC_PRIVATE, 1, 0600)) { Give(); }
  ~SemaphoreTurn() { semctl(id_, 0, IPC_RMID); }
  void Take() { Change(-1); }
  void Give() { Change(1); }

 private:
  void Change(short by) {
    sembuf change{0, by, 0};
    while (semop(id_, &change, 1) != 0) sched_yield();
  }
  int id_;
};

// Whoever gets the signal has the turn. It is blocked in all threads.
class SignalTurn {
 public:
  SignalTurn() { Give(); }
  ~SignalTurn() { Take(); }
  void Take() {
    const sigset_t set = Set();
    while (sigwaitinfo(&set, nullptr) != SIGUSR1) sched_yield();
  }
  void Give() { kill(getpid(), SIGUSR1); }
  static sigset_t Set() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    return set;
  }
};

template <class Turn>
bool TakeTurns(bool racy) {
  Turn turn;
  long total = 0;
  support::Together(2, [&](int) {
    for (int i = 0; i < 50; ++i) {
      if (!racy) turn.Take();
      for (int n = 0; n < 5; ++n) {
        ++total;
        Touch(&total);
      }
      if (!racy) turn.Give();
      GoOn();
    }
  });
  return total == 500;
}

}  // namespace

bool Round(bool racy) {
  static const int blocked = [] {
    const sigset_t set = SignalTurn::Set();
    return sigprocmask(SIG_BLOCK, &set, nullptr);
  }();
  bool right = blocked == 0;
  right = TakeTurns<EventTurn>(racy) && right;
  right = TakeTurns<SemaphoreTurn>(racy) && right;
  return TakeTurns<SignalTurn>(racy) && right;
}
