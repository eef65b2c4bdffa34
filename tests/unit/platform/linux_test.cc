// SPDX-License-Identifier: Apache-2.0
//
// Linux as the core needs it: time, threads, waiting, signals, and memory that
// may or may not be there. errno is left alone throughout.

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <thread>

#include "doctest/doctest.h"
#include "kcsan/platform/platform.h"

namespace kcsan {
namespace platform {
namespace {

constexpr uint64_t kMillisecond = 1000000;

core::Hooks PlatformHooks() {
  core::Hooks hooks = {};
  FillHooks(&hooks);
  return hooks;
}

// A page that can be read, followed by one that cannot.
class GuardedPage {
 public:
  GuardedPage()
      : memory_(
            static_cast<char*>(mmap(nullptr, 2 * size_, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    mprotect(memory_ + size_, size_, PROT_NONE);
  }
  ~GuardedPage() { munmap(memory_, 2 * size_); }
  char* begin() const { return memory_; }
  char* end() const { return memory_ + size_; }

 private:
  const size_t size_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  char* const memory_;
};

TEST_CASE("every hook that is the platform's is there, and no other") {
  const core::Hooks hooks = PlatformHooks();
  CHECK((hooks.now_ns != nullptr));
  CHECK((hooks.thread_id != nullptr));
  CHECK((hooks.cpu != nullptr));
  CHECK((hooks.thread_name != nullptr));
  CHECK((hooks.is_readable != nullptr));
  CHECK((hooks.has_stack != nullptr));
  CHECK((hooks.stall != nullptr));
  CHECK((hooks.wake != nullptr));
  CHECK((hooks.block_signals != nullptr));
  CHECK((hooks.restore_signals != nullptr));
  CHECK((hooks.admit_signals != nullptr));
  CHECK((hooks.unwind != nullptr));
  CHECK((hooks.function_start != nullptr));
  CHECK((hooks.always_report == nullptr));
  CHECK((hooks.new_process == nullptr));
  CHECK((hooks.report == nullptr));
}

TEST_CASE("a copy of the process finds its mark wiped") {
  uint32_t* const mark = MakeProcessMark();
  REQUIRE(mark != nullptr);
  CHECK(*mark == 1);
  const pid_t child = static_cast<pid_t>(syscall(SYS_fork));
  if (child == 0) _exit(*mark == 0 ? 0 : 1);
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(*mark == 1);
}

TEST_CASE("threads have ids and names") {
  CHECK(ThreadId() == getpid());  // the main thread
  int32_t other = 0;
  char name[kThreadNameSize] = {};
  std::thread([&] {
    pthread_setname_np(pthread_self(), "fifteen-letters");
    other = ThreadId();
    PlatformHooks().thread_name(name);
  }).join();
  CHECK(other > 0);
  CHECK(other != ThreadId());
  CHECK(strcmp(name, "fifteen-letters") == 0);
  const int32_t cpu = PlatformHooks().cpu();
  CHECK(cpu >= 0);
  CHECK(cpu < sysconf(_SC_NPROCESSORS_CONF));
}

TEST_CASE("time goes on") {
  uint64_t last = NowNs();
  CHECK(last > 0);
  for (int i = 0; i < 1000; ++i) {
    const uint64_t now = NowNs();
    REQUIRE(now >= last);
    last = now;
  }
  timespec pause = {0, 2000000};
  nanosleep(&pause, nullptr);
  CHECK(NowNs() - last >= 2 * kMillisecond);
}

TEST_CASE("a stall lasts as long as asked for") {
  for (const bool spin : {false, true}) {
    for (const bool has_word : {false, true}) {
      CAPTURE(spin);
      CAPTURE(has_word);
      const uint32_t word = 5;
      core::StallRequest request = {};
      request.delay_ns = 3 * kMillisecond;
      request.spin = spin;
      request.word = has_word ? &word : nullptr;
      request.idle = 5;
      const uint64_t begin = NowNs();
      PlatformHooks().stall(request);
      CHECK(NowNs() - begin >= 3 * kMillisecond);
    }
  }
}

TEST_CASE("a stall whose word has changed ends at once") {
  const uint32_t word = 6;
  core::StallRequest request = {};
  request.delay_ns = 60000 * kMillisecond;
  request.word = &word;
  request.idle = 5;
  for (const bool spin : {false, true}) {
    request.spin = spin;
    const uint64_t begin = NowNs();
    PlatformHooks().stall(request);
    CHECK(NowNs() - begin < 10000 * kMillisecond);
  }
}

TEST_CASE("a stalled thread is woken") {
  for (const bool spin : {false, true}) {
    uint32_t word = 5;
    std::atomic<bool> is_over{false};
    std::thread stalled([&] {
      core::StallRequest request = {};
      request.delay_ns = 60000 * kMillisecond;
      request.word = &word;
      request.idle = 5;
      request.spin = spin;
      PlatformHooks().stall(request);
      is_over.store(true);
    });
    const uint64_t begin = NowNs();
    // A wake-up for no reason ends nothing.
    for (int i = 0; i < 100; ++i) {
      PlatformHooks().wake(&word);
      sched_yield();
    }
    CHECK_FALSE(is_over.load());
    __atomic_store_n(&word, 6, __ATOMIC_RELEASE);
    PlatformHooks().wake(&word);
    stalled.join();
    CHECK(NowNs() - begin < 10000 * kMillisecond);
  }
}

void Ignore(int) {}

TEST_CASE("a signal does not shorten a stall") {
  struct sigaction action = {};
  action.sa_handler = &Ignore;
  sigaction(SIGUSR1, &action, nullptr);
  std::atomic<bool> is_over{false};
  uint64_t lasted = 0;
  std::thread stalled([&] {
    const uint32_t word = 5;
    core::StallRequest request = {};
    request.delay_ns = 20 * kMillisecond;
    request.word = &word;
    request.idle = 5;
    const uint64_t begin = NowNs();
    PlatformHooks().stall(request);
    lasted = NowNs() - begin;
    is_over.store(true);
  });
  while (!is_over.load()) {
    pthread_kill(stalled.native_handle(), SIGUSR1);
    sched_yield();
  }
  stalled.join();
  CHECK(lasted >= 20 * kMillisecond);
  signal(SIGUSR1, SIG_DFL);
}

TEST_CASE("which memory can be read") {
  const auto is_readable = PlatformHooks().is_readable;
  const GuardedPage page;
  static const int constant = 1;
  int variable = 0;
  CHECK(is_readable(&constant, sizeof(constant)));
  CHECK(is_readable(&variable, sizeof(variable)));
  CHECK(is_readable(page.begin(), 8));
  // Up to the last byte, at any alignment, and not one further.
  for (size_t size = 1; size <= 8; ++size) {
    CHECK(is_readable(page.end() - size, size));
    CHECK_FALSE(is_readable(page.end() - size + 1, size));
    CHECK_FALSE(is_readable(page.end(), size));
  }
  CHECK_FALSE(is_readable(nullptr, 1));
  CHECK_FALSE(is_readable(reinterpret_cast<void*>(4096), 8));
  CHECK_FALSE(is_readable(reinterpret_cast<void*>(UINTPTR_MAX - 7), 8));
  // No address at all on x86-64 and aarch64.
  CHECK_FALSE(is_readable(reinterpret_cast<void*>(uintptr_t{1} << 62), 8));
}

TEST_CASE(
    "memory that is only written or executed can be read as its CPU says") {
  void* const memory =
      mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK_FALSE(PlatformHooks().is_readable(memory, 8));
  mprotect(memory, 4096, PROT_READ);
  CHECK(PlatformHooks().is_readable(memory, 8));
  munmap(memory, 4096);
  CHECK_FALSE(PlatformHooks().is_readable(memory, 8));
}

// Bits of the calling thread's mask, those that the C library hides included.
uint64_t CurrentMask() {
  uint64_t bits = 0;
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, nullptr, &bits, sizeof(bits));
  return bits;
}

constexpr uint64_t Bit(int number) { return uint64_t{1} << (number - 1); }

TEST_CASE("blocking signals blocks what comes from outside") {
  const uint64_t before = CurrentMask();
  const core::SignalMask saved = BlockSignals();
  const uint64_t during = CurrentMask();
  CHECK(saved.bits == before);
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGALRM, SIGPROF,
                           SIGCHLD, 32, 33, SIGRTMIN, SIGRTMAX}) {
    CAPTURE(number);
    CHECK((during & Bit(number)) != 0);
  }
  // Blocked, these would kill the program instead of running its handler.
  for (const int number :
       {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
    CAPTURE(number);
    CHECK((during & Bit(number)) == (before & Bit(number)));
  }
  AdmitSignals(saved);
  // As before, but for the two that are the C library's own.
  CHECK(CurrentMask() == (before | Bit(32) | Bit(33)));
  BlockSignals();
  CHECK(CurrentMask() == during);
  RestoreSignals(saved);
  CHECK(CurrentMask() == before);
}

TEST_CASE("what the program had blocked stays blocked throughout") {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  const core::SignalMask saved = BlockSignals();
  AdmitSignals(saved);
  CHECK((CurrentMask() & Bit(SIGUSR2)) != 0);
  RestoreSignals(saved);
  CHECK((CurrentMask() & Bit(SIGUSR2)) != 0);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

TEST_CASE("errno is left as it was") {
  const core::Hooks hooks = PlatformHooks();
  char name[kThreadNameSize];
  uintptr_t frames[8];
  const uint32_t word = 1;
  core::StallRequest request = {};
  request.delay_ns = 1000;
  const auto keeps_errno = [](const auto& call) {
    errno = 12345;
    call();
    return errno == 12345;
  };
  CHECK(keeps_errno([&] { hooks.now_ns(); }));
  CHECK(keeps_errno([&] { hooks.thread_id(); }));
  CHECK(keeps_errno([&] { hooks.cpu(); }));
  CHECK(keeps_errno([&] { hooks.thread_name(name); }));
  CHECK(keeps_errno([&] { hooks.is_readable(&word, 4); }));
  CHECK(keeps_errno([&] { hooks.is_readable(nullptr, 4); }));
  CHECK(keeps_errno([&] { hooks.has_stack(1); }));
  CHECK(keeps_errno([&] { hooks.stall(request); }));
  request.word = &word;
  request.idle = 1;  // the futex times out: ETIMEDOUT
  CHECK(keeps_errno([&] { hooks.stall(request); }));
  CHECK(keeps_errno([&] { hooks.wake(&word); }));
  CHECK(keeps_errno([&] { hooks.wake(nullptr); }));
  CHECK(keeps_errno([&] {
    const core::SignalMask mask = hooks.block_signals();
    hooks.admit_signals(mask);
    hooks.restore_signals(mask);
  }));
  CHECK(keeps_errno([&] { hooks.unwind(1, frames, 8); }));
  CHECK(keeps_errno([&] { hooks.function_start(1); }));
}

}  // namespace
}  // namespace platform
}  // namespace kcsan
