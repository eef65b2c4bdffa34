// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "absl/strings/str_format.h"
#include "kcsan/core/counters.h"
#include "kcsan/platform/platform.h"

namespace kcsan {
namespace report {
namespace {

enum : size_t { kMaxPath = 1024 };
// How long a reader that does not read, or reads slowly, may hold the program
// up: for one step, and for the whole text.
enum : int { kStepPatienceMs = 1000 };
constexpr uint64_t kPatienceNs = uint64_t{2} * 1000 * 1000 * 1000;
// Once it did, it is not waited for again for so long: what it takes at once is
// written, the rest is lost and counted.
constexpr uint64_t kImpatientNs = uint64_t{30} * 1000 * 1000 * 1000;
uint64_t g_impatient_until_ns;

char g_log_path[kMaxPath];
// The complaint about a path that cannot be opened was made.
bool g_complained;

constexpr uint64_t SignalBit(int signal) { return uint64_t{1} << (signal - 1); }

// The signals that end a program for a write that fails: nobody reads, and the
// file would be longer than the process may make it.
constexpr uint64_t kWriteSignals = SignalBit(SIGPIPE) | SignalBit(SIGXFSZ);

uint64_t PendingWriteSignals() {
  uint64_t pending = 0;
  syscall(SYS_rt_sigpending, &pending, sizeof(pending));
  return pending & kWriteSignals;
}

// Takes one that our own write raised, so that it does not end the program.
// Signals are blocked on this thread while a report is made.
void TakePending(uint64_t signals) {
  if (signals == 0) return;
  const timespec no_wait = {0, 0};
  syscall(SYS_rt_sigtimedwait, &signals, nullptr, &no_wait, sizeof(signals));
}

bool WaitUntilWritable(int fd) {
  const uint64_t now_ns = platform::NowNs();
  const int patience_ms =
      now_ns < __atomic_load_n(&g_impatient_until_ns, __ATOMIC_RELAXED)
          ? 0
          : kStepPatienceMs;
  pollfd poll_fd = {fd, POLLOUT, 0};
  int ready = 0;
  do {
    ready = poll(&poll_fd, 1, patience_ms);
  } while (ready < 0 && errno == EINTR);
  if (ready == 0 && patience_ms > 0) {
    __atomic_store_n(&g_impatient_until_ns, now_ns + kImpatientNs,
                     __ATOMIC_RELAXED);
  }
  return ready > 0;
}

bool IsRegularFile(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

// To a file at once, so that nobody else's text gets in between. To all else in
// pieces that a pipe takes whole once it says that it is writable, so that no
// write blocks, whoever does not read at the other end.
bool WriteAll(int fd, const char* text, size_t size) {
  const size_t most = IsRegularFile(fd) ? SIZE_MAX : PIPE_BUF;
  const uint64_t begin_ns = platform::NowNs();
  while (size > 0) {
    if (!WaitUntilWritable(fd)) return false;
    const ssize_t written = write(fd, text, size < most ? size : most);
    if (written >= 0) {
      text += written;
      size -= static_cast<size_t>(written);
    } else if (errno != EINTR && errno != EAGAIN) {
      return false;
    }
    if (size > 0 && platform::NowNs() - begin_ns > kPatienceNs) return false;
  }
  return true;
}

void Write(int fd, const char* text, size_t size) {
  const int saved_errno = errno;
  const core::SignalMask mask = platform::BlockSignals();
  const uint64_t own = PendingWriteSignals();  // of the program
  errno = 0;
  if (!WriteAll(fd, text, size)) {
    core::Count(Counter::sink_errors);
    TakePending(PendingWriteSignals() & ~own);
  }
  platform::RestoreSignals(mask);
  errno = saved_errno;
}

void ComplainOnce(const char* path, int error) {
  if (g_complained) return;
  g_complained = true;
  char message[kMaxPath + 128];
  absl::SNPrintF(message, sizeof(message),
                 "kcsan: log_path: cannot open %s (error %d); reports go to "
                 "standard error\n",
                 path, error);
  WriteToStderr(message, strlen(message));
  core::Count(Counter::sink_errors);
}

// Opened for each report and closed again. A descriptor that is kept may be
// closed by the program (daemons close all), and its number then be a file of
// the program's. O_NONBLOCK: a pipe without a reader is an error, not a wait.
int OpenLog() {
  char path[kMaxPath + 16];
  absl::SNPrintF(path, sizeof(path), "%s.%d", g_log_path, getpid());
  const int fd = open(
      path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
      0644);
  if (fd < 0) ComplainOnce(path, errno);
  return fd;
}

bool IsPath(const char* path) {
  return path[0] != '\0' && strcmp(path, "stderr") != 0 &&
         strcmp(path, "stdout") != 0;
}

}  // namespace

bool SetLogPath(const char* path, size_t size) {
  char full[kMaxPath];
  if (size >= kMaxPath) return false;
  memcpy(full, path, size);
  full[size] = '\0';
  // The program may change its directory before the first report.
  if (IsPath(full) && full[0] != '/') {
    const int saved_errno = errno;
    char directory[kMaxPath];
    const bool found = getcwd(directory, sizeof(directory)) != nullptr;
    errno = saved_errno;
    if (found) {
      const size_t length = strlen(directory);
      if (length + 1 + size >= kMaxPath) return false;
      memmove(full + length + 1, full, size + 1);
      memcpy(full, directory, length);
      full[length] = '/';
    }
  }
  memcpy(g_log_path, full, strlen(full) + 1);
  g_complained = false;
  return true;
}

void WriteToSink(const char* text, size_t size) {
  if (!IsPath(g_log_path)) {
    const bool to_stdout = strcmp(g_log_path, "stdout") == 0;
    Write(to_stdout ? STDOUT_FILENO : STDERR_FILENO, text, size);
    return;
  }
  const int saved_errno = errno;
  const int fd = OpenLog();
  Write(fd >= 0 ? fd : STDERR_FILENO, text, size);
  if (fd >= 0) close(fd);
  errno = saved_errno;
}

void WriteToStderr(const char* text, size_t size) {
  Write(STDERR_FILENO, text, size);
}

}  // namespace report
}  // namespace kcsan
