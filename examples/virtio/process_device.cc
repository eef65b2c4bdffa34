// SPDX-License-Identifier: Apache-2.0

#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "examples/virtio/device_link.h"

namespace virtio {
namespace {

// A device that was asked to finish and has not after this long gets killed.
constexpr int kStopTimeoutMs = 10 * 1000;

// For the device to start, on a machine that is busy with other things.
constexpr int kStartTimeoutMs = 60 * 1000;

absl::StatusOr<std::string> DeviceProgram() {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
  if (length <= 0) return absl::ErrnoToStatus(errno, "/proc/self/exe");
  const std::string self(path, static_cast<size_t>(length));
  return absl::StrCat(self.substr(0, self.rfind('/')), "/virtio_device");
}

std::string DescribeExit(int status) {
  if (WIFSIGNALED(status)) {
    return absl::StrCat("was killed by signal ", WTERMSIG(status));
  }
  return absl::StrCat("ended with status ", WEXITSTATUS(status));
}

// Starts `program` with these four descriptors, told by number, and no others
// of ours.
absl::StatusOr<pid_t> Spawn(const std::string& program, int memory_fd,
                            const Wires& device) {
  const int fds[] = {memory_fd, device.kick.get(), device.interrupt.get(),
                     device.control.get()};
  std::string arguments[] = {program, "", "", "", ""};
  char* argv[6] = {arguments[0].data()};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < 4; ++i) {
    // Onto itself: that clears close-on-exec, in the child only.
    posix_spawn_file_actions_adddup2(&actions, fds[i], fds[i]);
    arguments[i + 1] = absl::StrCat(fds[i]);
    argv[i + 1] = arguments[i + 1].data();
  }
  pid_t pid = -1;
  const int error = posix_spawn(&pid, program.c_str(), &actions,
                                /*attrp=*/nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return absl::ErrnoToStatus(error, absl::StrCat("cannot start ", program));
  }
  return pid;
}

class ProcessDevice : public DeviceLink {
 public:
  ProcessDevice(Wires wires, pid_t pid) : wires_(std::move(wires)), pid_(pid) {}

  ~ProcessDevice() override {
    if (pid_ > 0) Stop().IgnoreError();
  }

  const Wires& wires() const override { return wires_; }

  absl::Status Stop() override {
    SayFinished(wires_.control);
    // Its end of the socket closes when it ends, however it ends.
    if (Wait(nullptr, wires_.control, kStopTimeoutMs) == Woken::kTimeout) {
      kill(pid_, SIGKILL);
    }
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
    return absl::AbortedError(DescribeExit(status));
  }

 private:
  Wires wires_;
  pid_t pid_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<DeviceLink>> StartProcessDevice(
    const SharedMemory& memory) {
  const absl::StatusOr<std::string> program = DeviceProgram();
  if (!program.ok()) return program.status();
  absl::StatusOr<WirePair> pair = MakeWires();
  if (!pair.ok()) return pair.status();
  const absl::StatusOr<pid_t> pid = Spawn(*program, memory.fd(), pair->device);
  if (!pid.ok()) return pid.status();
  auto link = std::make_unique<ProcessDevice>(std::move(pair->driver), *pid);
  // Ours of the device's ends must go, or its death would not close them.
  pair->device = Wires();
  if (WaitForReady(link->wires().control, kStartTimeoutMs) !=
      Woken::kNotified) {
    const absl::Status status = link->Stop();
    return absl::UnavailableError(
        absl::StrCat(*program, " did not start: it ",
                     status.ok() ? "ended at once" : status.message()));
  }
  return link;
}

}  // namespace virtio
