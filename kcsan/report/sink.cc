// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
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
// How long a reader that does not read may hold the program up.
enum : int { kFullPipePatienceMs = 1000 };

char g_log_path[kMaxPath];
int g_log_fd = -1;

// Takes a SIGPIPE that our own write raised, so that it does not end the
// program. Signals are blocked on this thread while a report is made.
void TakePendingSigpipe() {
  const uint64_t sigpipe = uint64_t{1} << (SIGPIPE - 1);
  const timespec no_wait = {0, 0};
  syscall(SYS_rt_sigtimedwait, &sigpipe, nullptr, &no_wait, sizeof(sigpipe));
}

bool IsSigpipePending() {
  uint64_t pending = 0;
  syscall(SYS_rt_sigpending, &pending, sizeof(pending));
  return (pending & (uint64_t{1} << (SIGPIPE - 1))) != 0;
}

bool WaitUntilWritable(int fd) {
  pollfd poll_fd = {fd, POLLOUT, 0};
  int ready = 0;
  do {
    ready = poll(&poll_fd, 1, kFullPipePatienceMs);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

// In pieces that a pipe takes whole once it says that it is writable, so that
// no write blocks, whoever does not read at the other end.
bool WriteAll(int fd, const char* text, size_t size) {
  while (size > 0) {
    if (!WaitUntilWritable(fd)) return false;
    const ssize_t written = write(fd, text, size < PIPE_BUF ? size : PIPE_BUF);
    if (written >= 0) {
      text += written;
      size -= static_cast<size_t>(written);
    } else if (errno != EINTR && errno != EAGAIN) {
      return false;
    }
  }
  return true;
}

void Write(int fd, const char* text, size_t size) {
  const int saved_errno = errno;
  const core::SignalMask mask = platform::BlockSignals();
  const bool was_pending = IsSigpipePending();
  if (!WriteAll(fd, text, size)) {
    core::Count(Counter::sink_errors);
    if (errno == EPIPE && !was_pending) TakePendingSigpipe();
  }
  platform::RestoreSignals(mask);
  errno = saved_errno;
}

int SinkFd() {
  if (g_log_fd >= 0) return g_log_fd;
  if (g_log_path[0] == '\0' || strcmp(g_log_path, "stderr") == 0) {
    g_log_fd = STDERR_FILENO;
  } else if (strcmp(g_log_path, "stdout") == 0) {
    g_log_fd = STDOUT_FILENO;
  } else {
    char path[kMaxPath + 16];
    absl::SNPrintF(path, sizeof(path), "%s.%d", g_log_path, getpid());
    g_log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (g_log_fd < 0) {
      char message[kMaxPath + 128];
      const int error = errno;
      absl::SNPrintF(message, sizeof(message),
                     "kcsan: log_path: cannot open %s (error %d); reports go "
                     "to standard error\n",
                     path, error);
      WriteToStderr(message, strlen(message));
      core::Count(Counter::sink_errors);
      g_log_fd = STDERR_FILENO;
    }
  }
  return g_log_fd;
}

}  // namespace

bool SetLogPath(const char* path, size_t size) {
  if (size >= kMaxPath) return false;
  memcpy(g_log_path, path, size);
  g_log_path[size] = '\0';
  if (g_log_fd > STDERR_FILENO) close(g_log_fd);
  g_log_fd = -1;
  return true;
}

void WriteToSink(const char* text, size_t size) {
  const int saved_errno = errno;
  Write(SinkFd(), text, size);
  errno = saved_errno;
}

void WriteToStderr(const char* text, size_t size) {
  Write(STDERR_FILENO, text, size);
}

void ResetSinkAfterFork() {
  if (g_log_fd > STDERR_FILENO) close(g_log_fd);
  g_log_fd = -1;
}

}  // namespace report
}  // namespace kcsan
