// SPDX-License-Identifier: Apache-2.0
//
// libc's functions, called as an instrumented program calls them: what they
// tell and that they still do what they did.

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdio>

#include "doctest/doctest.h"
#include "tests/unit/abi/told.h"

namespace kcsan {
namespace testing {
namespace {

alignas(64) char g_from[64];
alignas(64) char g_to[64];
volatile size_t g_size = 32;  // so that a call stays one

template <typename Body>
Told FromOf(const Body& body) {
  return ToldOf(g_from, sizeof(g_from), body);
}
template <typename Body>
Told ToOf(const Body& body) {
  return ToldOf(g_to, sizeof(g_to), body);
}
Told Reads(size_t size) { return Tells(kPlainRead, g_from, size); }
Told Writes(size_t size) { return Tells(kPlainWrite, g_to, size); }

void Fill(const char* text) {
  memset(g_from, 0, sizeof(g_from));
  memset(g_to, 0, sizeof(g_to));
  for (size_t i = 0; text[i] != '\0'; ++i) g_from[i] = text[i];
}

TEST_CASE("copies") {
  Fill("abcdefgh");
  const auto copy = [] { CHECK(memcpy(g_to, g_from, g_size) == g_to); };
  CHECK(FromOf(copy) == Reads(32));
  CHECK(ToOf(copy) == Writes(32));
  CHECK(g_to[7] == 'h');
  const auto move = [] { CHECK(memmove(g_to, g_from, g_size) == g_to); };
  CHECK(FromOf(move) == Reads(32));
  CHECK(ToOf(move) == Writes(32));
  CHECK(ToOf([] { CHECK(mempcpy(g_to, g_from, g_size) == g_to + 32); }) ==
        Writes(32));
  CHECK(ToOf([] { memset(g_to, 'x', g_size); }) == Writes(32));
  CHECK(g_to[31] == 'x');
  CHECK(g_to[32] == 0);
  g_size = 0;
  CHECK(ToOf([] { memcpy(g_to, g_from, g_size); }) == Told());
  g_size = 32;
}

TEST_CASE("comparisons read up to what decides") {
  Fill("abcdefgh");
  CHECK(FromOf([] { CHECK(memcmp(g_from, "abxx", 4) < 0); }) == Reads(3));
  CHECK(FromOf([] { CHECK(memcmp(g_from, "abcd", 4) == 0); }) == Reads(4));
  CHECK(FromOf([] { CHECK(memchr(g_from, 'd', 64) == g_from + 3); }) ==
        Reads(4));
  CHECK(FromOf([] { CHECK(memchr(g_from, 'z', 64) == nullptr); }) == Reads(64));
  CHECK(FromOf([] { CHECK(strcmp(g_from, "abxx") < 0); }) == Reads(3));
  CHECK(FromOf([] { CHECK(strcmp(g_from, "abcdefgh") == 0); }) == Reads(9));
  CHECK(FromOf([] { CHECK(strncmp(g_from, "abcdxx", 4) == 0); }) == Reads(4));
}

TEST_CASE("strings") {
  Fill("abcdefgh");
  CHECK(FromOf([] { CHECK(strlen(g_from) == 8); }) == Reads(9));
  CHECK(FromOf([] { CHECK(strnlen(g_from, 4) == 4); }) == Reads(4));
  CHECK(FromOf([] { CHECK(strchr(g_from, 'c') == g_from + 2); }) == Reads(3));
  CHECK(FromOf([] { CHECK(strchr(g_from, 'z') == nullptr); }) == Reads(9));
  CHECK(FromOf([] { CHECK(strrchr(g_from, 'c') == g_from + 2); }) == Reads(9));
  CHECK(FromOf([] { CHECK(strstr(g_from, "cd") == g_from + 2); }) == Reads(4));
  CHECK(FromOf([] { free(strdup(g_from)); }) == Reads(9));

  const auto copy = [] { CHECK(strcpy(g_to, g_from) == g_to); };
  CHECK(FromOf(copy) == Reads(9));
  CHECK(ToOf(copy) == Writes(9));
  CHECK(g_to[7] == 'h');
  CHECK(ToOf([] { CHECK(stpcpy(g_to, g_from) == g_to + 8); }) == Writes(9));
  const auto padded = [] { CHECK(strncpy(g_to, g_from, g_size) == g_to); };
  CHECK(FromOf(padded) == Reads(9));
  CHECK(ToOf(padded) == Writes(32));
  // First what is there is read, then the end written.
  CHECK(ToOf([] { CHECK(strcat(g_to, "ij") == g_to); }) ==
        Tells(kPlainRead, g_to, 9));
  CHECK(ToldOf(g_to + 11, 8, [] { strncat(g_to, "klmn", 2); }) ==
        Tells(kPlainWrite, g_to + 10, 3));
  CHECK(strcmp(g_to, "abcdefghijkl") == 0);
}

class Pipe {
 public:
  Pipe() { REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, fds_) == 0); }
  ~Pipe() {
    close(fds_[0]);
    close(fds_[1]);
  }
  int in() const { return fds_[0]; }
  int out() const { return fds_[1]; }

 private:
  int fds_[2];
};

TEST_CASE("what comes from the kernel is written, what goes to it is read") {
  Fill("abcdefgh");
  const Pipe pipe;
  CHECK(FromOf([&] { CHECK(write(pipe.out(), g_from, 8) == 8); }) == Reads(8));
  // Not more than came.
  CHECK(ToOf([&] { CHECK(read(pipe.in(), g_to, 64) == 8); }) == Writes(8));
  CHECK(memcmp(g_to, g_from, 8) == 0);
  CHECK(FromOf([&] { CHECK(send(pipe.out(), g_from, 8, 0) == 8); }) ==
        Reads(8));
  CHECK(ToOf([&] { CHECK(recv(pipe.in(), g_to, 64, 0) == 8); }) == Writes(8));

  char other[4];
  const iovec out[] = {{other, 4}, {g_from, 8}};
  CHECK(FromOf([&] { CHECK(writev(pipe.out(), out, 2) == 12); }) == Reads(8));
  const iovec in[] = {{other, 4}, {g_to, 64}};
  CHECK(ToOf([&] { CHECK(readv(pipe.in(), in, 2) == 12); }) == Writes(8));

  // Nothing came, nothing was written; and errno says why.
  CHECK(ToOf([&] {
          CHECK(recv(pipe.in(), g_to, 64, MSG_DONTWAIT) == -1);
          CHECK(errno == EAGAIN);
        }) == Told());
}

TEST_CASE("files") {
  Fill("abcdefgh\nij");
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  CHECK(FromOf([&] { CHECK(fwrite(g_from, 1, 11, file) == 11); }) == Reads(11));
  std::rewind(file);
  CHECK(ToOf([&] { CHECK(fgets(g_to, 64, file) == g_to); }) == Writes(10));
  std::rewind(file);
  CHECK(ToOf([&] { CHECK(fread(g_to, 2, 30, file) == 5); }) == Writes(10));
  CHECK(FromOf([&] { CHECK(fputs(g_from, file) >= 0); }) == Reads(12));
  std::fflush(file);
  const int fd = fileno(file);
  CHECK(ToOf([&] { CHECK(pread(fd, g_to, 4, 2) == 4); }) == Writes(4));
  CHECK(g_to[0] == 'c');
  CHECK(FromOf([&] { CHECK(pwrite(fd, g_from, 4, 2) == 4); }) == Reads(4));
  std::fclose(file);
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
