// SPDX-License-Identifier: Apache-2.0

#include "examples/virtio/wires.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

namespace virtio {
namespace {

int64_t NowMs() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

// poll() that signals do not cut short.
int PollUntil(pollfd* fds, nfds_t count, int timeout_ms) {
  const int64_t deadline_ms = NowMs() + timeout_ms;
  for (;;) {
    const int ready = poll(fds, count, timeout_ms);
    if (ready >= 0 || errno != EINTR) return ready;
    if (timeout_ms >= 0) {
      const int64_t left_ms = deadline_ms - NowMs();
      timeout_ms = left_ms > 0 ? static_cast<int>(left_ms) : 0;
    }
  }
}

absl::StatusOr<UniqueFd> Duplicate(const UniqueFd& fd) {
  UniqueFd copy(fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
  if (copy.get() < 0) return absl::ErrnoToStatus(errno, "fcntl(F_DUPFD)");
  return copy;
}

// One event, an end for each side.
absl::Status MakeEvent(UniqueFd* driver, UniqueFd* device) {
  *driver = UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (driver->get() < 0) return absl::ErrnoToStatus(errno, "eventfd");
  absl::StatusOr<UniqueFd> copy = Duplicate(*driver);
  if (!copy.ok()) return copy.status();
  *device = *std::move(copy);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<WirePair> MakeWires() {
  WirePair pair;
  absl::Status status = MakeEvent(&pair.driver.kick, &pair.device.kick);
  if (!status.ok()) return status;
  status = MakeEvent(&pair.driver.interrupt, &pair.device.interrupt);
  if (!status.ok()) return status;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return absl::ErrnoToStatus(errno, "socketpair");
  }
  pair.driver.control = UniqueFd(ends[0]);
  pair.device.control = UniqueFd(ends[1]);
  return pair;
}

void Notify(const UniqueFd& event) {
  // The only failure is a full counter, and then there is a notification.
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(event.get(), &one, sizeof one);
}

Woken Wait(const UniqueFd* event, const UniqueFd& control, int timeout_ms) {
  pollfd fds[2] = {{control.get(), POLLIN, 0},
                   {event == nullptr ? -1 : event->get(), POLLIN, 0}};
  const int ready = PollUntil(fds, 2, timeout_ms);
  if (ready == 0) return Woken::kTimeout;
  // Work before farewell: the peer may have left after its last notification.
  if (ready > 0 && fds[1].revents != 0) {
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t taken =
        read(event->get(), &count, sizeof count);
    return Woken::kNotified;
  }
  return Woken::kPeerGone;
}

void SayReady(const UniqueFd& control) {
  [[maybe_unused]] const ssize_t sent =
      send(control.get(), "R", 1, MSG_NOSIGNAL);
}

Woken WaitForReady(const UniqueFd& control, int timeout_ms) {
  pollfd fd = {control.get(), POLLIN, 0};
  if (PollUntil(&fd, 1, timeout_ms) == 0) return Woken::kTimeout;
  char byte = 0;
  return recv(control.get(), &byte, 1, MSG_DONTWAIT) == 1 ? Woken::kNotified
                                                          : Woken::kPeerGone;
}

void SayFinished(const UniqueFd& control) { shutdown(control.get(), SHUT_WR); }

}  // namespace virtio
