// SPDX-License-Identifier: Apache-2.0
//
// A program that gets into every situation which a detector must survive. Its
// argument says which. process_test.py runs it and looks at what becomes of it.

#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <thread>

#include "kcsan/kcsan.h"

// Reports of one pair are wanted again and again here.
extern "C" const char* kcsan_default_options() {
  return "report_once_in_ms=0:overhead=50";
}

// An allocator that can be forbidden, as one is whose lock the program holds.
std::atomic<bool> malloc_forbidden{false};
extern "C" void* __libc_malloc(size_t size);
extern "C" void* malloc(size_t size) {
  if (malloc_forbidden) {
    static const char kMessage[] = "malloc while forbidden\n";
    if (write(2, kMessage, sizeof(kMessage) - 1) < 0) abort();
    abort();
  }
  return __libc_malloc(size);
}

namespace {

long shared;
std::atomic<bool> stop{false};
std::atomic<uint64_t> num_handled{0};

void Touch() {
  kcsan_check_write(&shared, sizeof(shared));
  shared = shared + 1;
}

void TouchUntilStopped() {
  while (!stop) Touch();
}

// Returns when the detector has made up its mind at least once more.
void Race() {
  const uint64_t before = kcsan::GetStats().reports;
  stop = false;
  std::thread one(TouchUntilStopped);
  std::thread two(TouchUntilStopped);
  for (int i = 0; i < 100000 && kcsan::GetStats().reports == before; ++i) {
    usleep(100);
  }
  stop = true;
  one.join();
  two.join();
}

// For ever, or until the detector ends the program.
void RaceForEver() {
  std::thread one(TouchUntilStopped);
  TouchUntilStopped();
  one.join();
}

bool CountReport(const kcsan::Report& report, void*) {
  if (std::strstr(report.title, "Touch") != nullptr) ++num_handled;
  return true;
}

bool LookAtReport(const kcsan::Report&, void*) {
  ++num_handled;
  return false;
}

void WithoutMalloc() {
  std::atomic<int> ready{0};
  std::atomic<bool> go{false};
  stop = false;
  const auto work = [&] {
    ++ready;
    while (!go) {
    }
    TouchUntilStopped();
  };
  std::thread one(work);
  std::thread two(work);
  while (ready < 2) {
  }
  malloc_forbidden = true;
  go = true;
  for (int i = 0; i < 100000 && kcsan::GetStats().reports < 3; ++i) usleep(100);
  stop = true;
  one.join();
  two.join();
  malloc_forbidden = false;
}

int ForkedChild(bool child_races) {
  const pid_t child = fork();
  if (child == 0) {
    if (child_races) Race();
    exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  std::printf("child: %d\n", WEXITSTATUS(status));
  return 0;
}

// A child that no handler of fork() knows of, made while another thread has a
// watchpoint armed.
void RawFork() {
  static long own;  // nobody else's, so there is no race
  kcsan::SetOptions("udelay=300000:delay_randomize=0:overhead=100");
  std::thread watcher([] { kcsan_check_write(&own, sizeof(own)); });
  while (kcsan::GetStats().used_watchpoints == 0) usleep(100);
  const pid_t child = _Fork();
  if (child == 0) {
    kcsan_check_atomic_read(&own, sizeof(own));
    _exit(kcsan::GetStats().used_watchpoints == 0 && kcsan_rt_armed == 0 ? 0
                                                                         : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  std::printf("child: %d\n", WEXITSTATUS(status));
  watcher.join();
}

// main() returns while another thread sits in a read of stdin, and holds its
// lock.
void LeaveReader() {
  std::thread([] { std::getchar(); }).detach();
  usleep(50000);
}

// main() returns while another thread is stalled, for longer than the test
// would wait.
void LeaveStalled() {
  static long own;  // nobody else's, so there is no race
  kcsan::SetOptions("udelay=1000000:delay_randomize=0:overhead=100");
  std::thread([] {
    for (;;) kcsan_check_write(&own, sizeof(own));
  }).detach();
  for (int i = 0; i < 10000 && kcsan::GetStats().used_watchpoints == 0; ++i) {
    usleep(100);
  }
}

int Run(const char* mode) {
  const auto is = [mode](const char* name) {
    return std::strcmp(mode, name) == 0;
  };
  if (is("clean")) {
    Touch();
  } else if (is("race")) {
    Race();
  } else if (is("race-and-exit-3")) {
    Race();
    exit(3);
  } else if (is("race-and-_exit-5")) {
    Race();
    _exit(5);
  } else if (is("fork-clean-child")) {
    Race();
    return ForkedChild(false);
  } else if (is("fork-raw")) {
    RawFork();
  } else if (is("fork-racing-child")) {
    return ForkedChild(true);
  } else if (is("buffered")) {
    std::ios_base::sync_with_stdio(false);
    std::printf("from printf\n");
    std::cout << "from cout\n";
    FILE* const file = std::fopen("/proc/self/fd/1", "w");
    if (file != nullptr) std::fputs("from a file that is not closed\n", file);
    Race();
  } else if (is("reader")) {
    Race();
    LeaveReader();
    std::printf("from printf\n");
  } else if (is("stalled")) {
    LeaveStalled();
  } else if (is("for-ever")) {
    std::printf("from printf\n");
    RaceForEver();
  } else if (is("handled")) {
    const kcsan::ScopedReportHandler handler(&CountReport, nullptr);
    Race();
    std::printf("handled: %s\n", num_handled > 0 ? "yes" : "no");
  } else if (is("looked-at")) {
    const kcsan::ScopedReportHandler handler(&LookAtReport, nullptr);
    Race();
    std::printf("handled: %s\n", num_handled > 0 ? "yes" : "no");
  } else if (is("no-malloc")) {
    WithoutMalloc();
  } else if (is("disabled")) {
    kcsan::Disable();
    stop = false;
    std::thread one(TouchUntilStopped);
    std::thread two(TouchUntilStopped);
    usleep(100000);
    stop = true;
    one.join();
    two.join();
  } else {
    std::fprintf(stderr, "no such mode: %s\n", mode);
    return 2;
  }
  return 0;
}

// Before main(), and after it.
struct EarlyAndLate {
  EarlyAndLate() { Touch(); }
  ~EarlyAndLate() { Touch(); }
} early_and_late;

}  // namespace

int main(int argc, char** argv) { return argc == 2 ? Run(argv[1]) : 2; }
