// SPDX-License-Identifier: Apache-2.0
//
// Linux: clock, threads, signals, futexes.

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kcsan/platform/pause.h"
#include "kcsan/platform/platform.h"
#include "kcsan/platform/unwind.h"
#include "kcsan/platform/vdso.h"

namespace kcsan {
namespace platform {
namespace {

// The program must not find errno changed because it read a variable.
class ErrnoSaver {
 public:
  ErrnoSaver() : saved_(errno) {}
  ~ErrnoSaver() { errno = saved_; }
  ErrnoSaver(const ErrnoSaver&) = delete;
  ErrnoSaver& operator=(const ErrnoSaver&) = delete;

 private:
  const int saved_;
};

constexpr uint64_t kNsPerSecond = 1000000000;

timespec ToTimespec(uint64_t ns) {
  timespec ts;
  ts.tv_sec = static_cast<time_t>(ns / kNsPerSecond);
  ts.tv_nsec = static_cast<long>(ns % kNsPerSecond);
  return ts;
}

int32_t CurrentCpu() {
  const ErrnoSaver saver;
  return sched_getcpu();
}

void ThreadName(char (&name)[kThreadNameSize]) {
  const ErrnoSaver saver;
  name[0] = '\0';
  prctl(PR_GET_NAME, name, 0, 0, 0);
  name[kThreadNameSize - 1] = '\0';
}

// Lets the kernel try the read for us: rt_sigprocmask() copies the eight bytes
// in before it looks at its (invalid) first argument, so it answers EFAULT for
// bad memory and EINVAL for good. Aligned, the eight bytes never cross a page.
bool IsByteReadable(uintptr_t address) {
  if (address < sizeof(uint64_t)) return false;  // null means "no mask" there
  const long result = syscall(SYS_rt_sigprocmask, ~0, address & ~uintptr_t{7},
                              nullptr, sizeof(uint64_t));
  return !(result == -1 && errno == EFAULT);
}

bool IsReadable(const volatile void* ptr, size_t size) {
  const ErrnoSaver saver;
  const uintptr_t address = reinterpret_cast<uintptr_t>(ptr);
  return IsByteReadable(address) && IsByteReadable(address + size - 1);
}

bool HasStack(size_t size) {
  const ErrnoSaver saver;
  stack_t stack;
  if (syscall(SYS_sigaltstack, nullptr, &stack) != 0) return true;
  if ((stack.ss_flags & SS_ONSTACK) == 0) return true;
  const uintptr_t bottom = reinterpret_cast<uintptr_t>(stack.ss_sp);
  const uintptr_t here =
      reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  return here - bottom >= size;
}

bool IsOver(const core::StallRequest& request) {
  // Relaxed: only says when to stop waiting. What goes with it is acquired by
  // the caller.
  return request.word != nullptr &&
         __atomic_load_n(request.word, __ATOMIC_RELAXED) != request.idle;
}

void Spin(const core::StallRequest& request, uint64_t deadline_ns) {
  while (!IsOver(request) && NowNs() < deadline_ns) Pause();
}

// True when the kernel says that `left` is over.
bool SleepOnce(const core::StallRequest& request, const timespec& left) {
  if (request.word == nullptr) {
    // Not the C library's function: that one is a cancellation point.
    return syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &left, nullptr) ==
           0;
  }
  return syscall(SYS_futex, request.word, FUTEX_WAIT_PRIVATE, request.idle,
                 &left, nullptr, 0) != 0 &&
         errno == ETIMEDOUT;
}

void Sleep(const core::StallRequest& request, uint64_t deadline_ns) {
  // Woken by Wake(), by a signal handler, or for no reason: ask again.
  for (uint64_t now_ns = NowNs(); !IsOver(request) && now_ns < deadline_ns;
       now_ns = NowNs()) {
    if (SleepOnce(request, ToTimespec(deadline_ns - now_ns))) return;
  }
}

void Stall(const core::StallRequest& request) {
  const ErrnoSaver saver;
  const uint64_t deadline_ns = NowNs() + request.delay_ns;
  if (request.spin) {
    Spin(request, deadline_ns);
  } else {
    Sleep(request, deadline_ns);
  }
}

void Wake(const uint32_t* word) {
  const ErrnoSaver saver;
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

constexpr uint64_t SignalBit(int number) { return uint64_t{1} << (number - 1); }

// Raised by the thread's own instructions. Blocked, they would kill the program
// instead of running its handler.
constexpr uint64_t kSynchronousSignals =
    SignalBit(SIGSEGV) | SignalBit(SIGBUS) | SignalBit(SIGFPE) |
    SignalBit(SIGILL) | SignalBit(SIGTRAP) | SignalBit(SIGABRT) |
    SignalBit(SIGSYS);

// The C library's own, which programs cannot block: the one that cancels a
// thread, and the one that carries setuid() to all threads.
constexpr uint64_t kInternalSignals = SignalBit(32) | SignalBit(33);

void SetSignalMask(uint64_t bits) {
  const ErrnoSaver saver;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &bits, nullptr, sizeof(bits));
}

}  // namespace

uint32_t* MakeProcessMark() {
  const ErrnoSaver saver;
  const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* const page = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return nullptr;
  if (madvise(page, size, MADV_WIPEONFORK) != 0) {
    munmap(page, size);
    return nullptr;
  }
  uint32_t* const mark = static_cast<uint32_t*>(page);
  *mark = 1;
  return mark;
}

int32_t ThreadId() {
  const ErrnoSaver saver;
  return static_cast<int32_t>(syscall(SYS_gettid));
}

// Set once, by FillHooks().
ClockFunction g_vdso_clock;

// Not by the C library's function: that symbol may be the program's (a
// simulator, a test that holds time), instrumented like the rest of it, and
// would come back to us. And not by the system call if that can be avoided:
// threads that read the clock every few thousand accesses ran at four fifths of
// their speed for it.
uint64_t NowNs() {
  timespec now;
  const ClockFunction clock = __atomic_load_n(&g_vdso_clock, __ATOMIC_RELAXED);
  if (clock == nullptr || clock(CLOCK_MONOTONIC, &now) != 0) {
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  }
  return static_cast<uint64_t>(now.tv_sec) * kNsPerSecond +
         static_cast<uint64_t>(now.tv_nsec);
}

// The system calls and not pthread_sigmask(): the C library leaves out the
// signals it uses itself, among them the one that cancels a thread, which must
// not unwind a thread out of its watched window.
core::SignalMask BlockSignals() {
  const ErrnoSaver saver;
  const uint64_t blocked = ~kSynchronousSignals;
  core::SignalMask saved = {0};
  // Blocking its signal defers a cancellation; it would still strike at the
  // first write() of a sink.
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &saved.cancel_state);
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, &blocked, &saved.bits,
          sizeof(saved.bits));
  return saved;
}

void RestoreSignals(core::SignalMask mask) {
  SetSignalMask(mask.bits);
  // Last: a thread with a cancellation pending may end here.
  pthread_setcancelstate(mask.cancel_state, nullptr);
}

void AdmitSignals(core::SignalMask mask) {
  SetSignalMask(mask.bits | kInternalSignals);
}

void FillHooks(core::Hooks* hooks) {
  __atomic_store_n(&g_vdso_clock, FindVdsoClock(), __ATOMIC_RELAXED);
  hooks->now_ns = &NowNs;
  hooks->thread_id = &ThreadId;
  hooks->cpu = &CurrentCpu;
  hooks->thread_name = &ThreadName;
  hooks->is_readable = &IsReadable;
  hooks->has_stack = &HasStack;
  hooks->stall = &Stall;
  hooks->wake = &Wake;
  hooks->block_signals = &BlockSignals;
  hooks->restore_signals = &RestoreSignals;
  hooks->admit_signals = &AdmitSignals;
  hooks->unwind = &Unwind;
  hooks->function_start = &FunctionStart;
}

}  // namespace platform
}  // namespace kcsan
