// SPDX-License-Identifier: Apache-2.0
//
// A sink that fails must not hurt the program.

#include "kcsan/report/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "doctest/doctest.h"
#include "kcsan/core/counters.h"

namespace kcsan {
namespace report {
namespace {

uint64_t Errors() { return core::ReadCounter(Counter::sink_errors); }

std::string TempDir() {
  const char* const dir = std::getenv("TEST_TMPDIR");
  return dir != nullptr ? dir : "/tmp";
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// The lowest descriptor that is free.
int NextFd() {
  const int fd = dup(0);
  close(fd);
  return fd;
}

void SetPath(const std::string& path) {
  REQUIRE(SetLogPath(path.data(), path.size()));
}

// Makes file descriptor 2 something else for a scope.
class Stderr {
 public:
  explicit Stderr(int fd) : saved_(dup(2)) { dup2(fd, 2); }
  ~Stderr() {
    dup2(saved_, 2);
    close(saved_);
  }

 private:
  const int saved_;
};

TEST_CASE("a file gets the process id, and is appended to") {
  const std::string path = TempDir() + "/race.log";
  SetPath(path);
  const int next_fd = NextFd();
  WriteToSink("one\n", 4);
  WriteToSink("two\n", 4);
  CHECK(NextFd() == next_fd);
  const std::string file = path + "." + std::to_string(getpid());
  CHECK(ReadFile(file) == "one\ntwo\n");
  SetPath(path);
  WriteToSink("three\n", 6);
  CHECK(ReadFile(file) == "one\ntwo\nthree\n");
  SetPath("");
}

TEST_CASE("a path that cannot be opened falls back to standard error, once") {
  int fds[2];
  REQUIRE(pipe(fds) == 0);
  const uint64_t errors = Errors();
  {
    const Stderr to_pipe(fds[1]);
    SetPath("/nonexistent/directory/log");
    WriteToSink("report\n", 7);
    WriteToSink("report\n", 7);
  }
  close(fds[1]);
  char text[1024] = "";
  const ssize_t size = read(fds[0], text, sizeof(text) - 1);
  close(fds[0]);
  REQUIRE(size > 0);
  const std::string said(text, static_cast<size_t>(size));
  CHECK(said.find("kcsan: log_path: cannot open /nonexistent/directory/log.") ==
        0);
  CHECK(said.find("\nreport\nreport\n") != std::string::npos);
  CHECK(Errors() == errors + 1);
  SetPath("");
}

TEST_CASE("a number that the program uses now is not written to") {
  const std::string path = TempDir() + "/race_fd.log";
  SetPath(path);
  WriteToSink("one\n", 4);
  // A daemon closes everything, and its next file gets the lowest number.
  for (int fd = 3; fd < 32; ++fd) close(fd);
  const std::string own = TempDir() + "/own_file";
  const int fd = open(own.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0644);
  REQUIRE(fd >= 0);
  WriteToSink("two\n", 4);
  close(fd);
  CHECK(ReadFile(own) == "");
  CHECK(ReadFile(path + "." + std::to_string(getpid())) == "one\ntwo\n");
  SetPath("");
}

TEST_CASE("a relative path counts from where it was given") {
  REQUIRE(chdir(TempDir().c_str()) == 0);
  SetPath("race_relative.log");
  REQUIRE(chdir("/") == 0);
  WriteToSink("here\n", 5);
  CHECK(ReadFile(TempDir() + "/race_relative.log." +
                 std::to_string(getpid())) == "here\n");
  SetPath("");
}

TEST_CASE("a named pipe without a reader is no place for a report") {
  const std::string path = TempDir() + "/race_pipe";
  const std::string fifo = path + "." + std::to_string(getpid());
  unlink(fifo.c_str());
  REQUIRE(mkfifo(fifo.c_str(), 0644) == 0);
  const uint64_t errors = Errors();
  int fds[2];
  REQUIRE(pipe(fds) == 0);
  {
    const Stderr to_pipe(fds[1]);
    SetPath(path);
    WriteToSink("report\n", 7);
  }
  close(fds[1]);
  char text[1024] = "";
  const ssize_t size = read(fds[0], text, sizeof(text) - 1);
  close(fds[0]);
  REQUIRE(size > 0);
  CHECK(std::string(text, static_cast<size_t>(size)).find("\nreport\n") !=
        std::string::npos);
  CHECK(Errors() == errors + 1);
  SetPath("");
}

TEST_CASE("a path that is too long is refused") {
  const std::string path(1024, 'x');
  CHECK_FALSE(SetLogPath(path.data(), path.size()));
}

TEST_CASE("a reader that is gone: no SIGPIPE, one error, errno as it was") {
  int fds[2];
  REQUIRE(pipe(fds) == 0);
  close(fds[0]);
  const uint64_t errors = Errors();
  {
    const Stderr to_pipe(fds[1]);
    errno = EDOM;
    WriteToStderr("lost\n", 5);
    CHECK(errno == EDOM);
  }
  close(fds[1]);
  CHECK(Errors() == errors + 1);
  // SIGPIPE has its default action here: had it been delivered, or left
  // pending, the test would be dead.
  sigset_t pending;
  sigpending(&pending);
  CHECK(sigismember(&pending, SIGPIPE) == 0);
}

TEST_CASE("a file that may not grow: no SIGXFSZ, one error") {
  rlimit limit;
  REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
  SetPath(TempDir() + "/limited.log");
  const uint64_t errors = Errors();
  const rlimit none = {0, limit.rlim_max};
  REQUIRE(setrlimit(RLIMIT_FSIZE, &none) == 0);
  WriteToSink("report\n", 7);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  CHECK(Errors() == errors + 1);
  // It has its default action here, which would have ended this program.
  sigset_t pending;
  sigpending(&pending);
  CHECK(sigismember(&pending, SIGXFSZ) == 0);
  SetPath("");
}

TEST_CASE("a closed standard error is an error, and no more") {
  const uint64_t errors = Errors();
  const int saved = dup(2);
  close(2);
  WriteToStderr("lost\n", 5);
  dup2(saved, 2);
  close(saved);
  CHECK(Errors() == errors + 1);
}

TEST_CASE("a full disk is an error, and no more") {
  const int full = open("/dev/full", O_WRONLY);
  if (full < 0) return;  // not everywhere
  const uint64_t errors = Errors();
  {
    const Stderr to_full(full);
    WriteToStderr("lost\n", 5);
  }
  close(full);
  CHECK(Errors() == errors + 1);
}

TEST_CASE("a full pipe that does not block is waited for") {
  int fds[2];
  REQUIRE(pipe2(fds, O_NONBLOCK) == 0);
  char chunk[4096] = {};
  while (write(fds[1], chunk, sizeof(chunk)) > 0) {
  }
  const uint64_t errors = Errors();
  std::thread reader([&] {
    char buffer[65536];
    bool seen = false;
    while (!seen) {
      const ssize_t size = read(fds[0], buffer, sizeof(buffer));
      seen = size > 0 &&
             std::string(buffer, static_cast<size_t>(size)).find("arrives\n") !=
                 std::string::npos;
    }
  });
  {
    const Stderr to_pipe(fds[1]);
    WriteToStderr("arrives\n", 8);
  }
  reader.join();
  CHECK(Errors() == errors);
  close(fds[0]);
  close(fds[1]);
}

TEST_CASE("a full pipe that nobody reads holds the program up for a second") {
  int fds[2];
  REQUIRE(pipe2(fds, O_NONBLOCK) == 0);
  char chunk[4096] = {};
  while (write(fds[1], chunk, sizeof(chunk)) > 0) {
  }
  fcntl(fds[1], F_SETFL, 0);  // from now on a write would block
  const uint64_t errors = Errors();
  {
    const Stderr to_pipe(fds[1]);
    WriteToStderr("lost\n", 5);
  }
  CHECK(Errors() == errors + 1);
  close(fds[0]);
  close(fds[1]);
}

}  // namespace
}  // namespace report
}  // namespace kcsan
