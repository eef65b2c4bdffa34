// SPDX-License-Identifier: Apache-2.0
//
// Threads that are ordered by the kernel alone: whoever has read a byte from a
// pipe or a socket, or got an eventfd's count, comes after whoever wrote it.
// Buffers go through the pipe by address and by value. In the twin the
// answer is not waited for.

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

#include "tests/instrumented/support.h"

namespace {

struct Channel {
  Channel() {
    if (pipe(pipe_ends) != 0) pipe_ends[0] = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0) sockets[0] = -1;
    event = eventfd(0, EFD_NONBLOCK);
  }
  ~Channel() {
    for (const int fd : {pipe_ends[0], pipe_ends[1], sockets[0], sockets[1]}) {
      close(fd);
    }
    close(event);
  }
  int pipe_ends[2], sockets[2], event;
};

using Buffer = std::vector<long>;

// By address through the pipe; the answer comes by the socket.
void Client(const Channel& channel, Buffer* log, bool racy) {
  Buffer* const request = new Buffer(20, 2);
  if (write(channel.pipe_ends[1], &request, sizeof(request)) < 0) return;
  for (long& value : *log) {
    if (racy) ++value;
    Touch(log->data());
  }
  char answer[4];
  if (recv(channel.sockets[0], answer, sizeof(answer), 0) != 4) return;
  for (long& value : *log) value += answer[3];
  const std::uint64_t one = 1;
  if (write(channel.event, &one, sizeof(one)) < 0) return;
}

long Server(const Channel& channel, Buffer* log) {
  Buffer* request = nullptr;
  if (read(channel.pipe_ends[0], &request, sizeof(request)) < 0) return 0;
  long sum = 0;
  for (const long value : *request) sum += value;
  delete request;
  for (long& value : *log) {
    value = sum;
    Touch(log->data());
  }
  char answer[4] = {0, 0, 0, 1};
  if (send(channel.sockets[1], answer, sizeof(answer), 0) != 4) return 0;
  std::uint64_t count = 0;
  pollfd ready{channel.event, POLLIN, 0};
  while (read(channel.event, &count, sizeof(count)) < 0) poll(&ready, 1, -1);
  return log->at(7);
}

}  // namespace

bool Round(bool racy) {
  const Channel channel;
  if (channel.pipe_ends[0] < 0 || channel.sockets[0] < 0) return false;
  Buffer log(20);
  long last = 0;
  support::Together(2, [&](int self) {
    for (int i = 0; i < 20; ++i) {
      if (self == 0) Client(channel, &log, racy);
      if (self == 1) last = Server(channel, &log);
    }
  });
  return last == 41;
}
