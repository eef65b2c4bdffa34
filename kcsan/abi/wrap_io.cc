// SPDX-License-Identifier: Apache-2.0
//
// The kernel and stdio read and write the program's buffers. What was read into
// is told when its size is known, what was written from before it is. A call of
// the kernel is a barrier.

#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "kcsan/abi/barrier.h"
#include "kcsan/abi/wrap.h"

extern "C" size_t __real_strlen(const char*);

namespace kcsan {
namespace abi {
namespace {

ssize_t TellFilled(void* buffer, ssize_t size, uintptr_t pc) {
  if (size > 0) {
    Tell(buffer, static_cast<size_t>(size), KCSAN_ACCESS_WRITE, pc);
  }
  return size;
}

void TellSent(const void* buffer, size_t size, uintptr_t pc) {
  if (size > 0) Tell(buffer, size, 0, pc);
  PassRelease();
}

// What fgets() made: up to the terminator.
void TellLine(const char* line, uintptr_t pc) {
  if (!WriteIsDue()) return;
  LookAtRange(line, __real_strlen(line) + 1, KCSAN_ACCESS_WRITE, pc);
}

size_t Smaller(size_t a, size_t b) { return a < b ? a : b; }

}  // namespace

KCSAN_WRAPPER(ssize_t, read, int fd, void* buffer, size_t size) {
  PassRelease();
  return TellFilled(buffer, __real_read(fd, buffer, size), KCSAN_HOOK_PC());
}

KCSAN_WRAPPER(ssize_t, pread, int fd, void* buffer, size_t size, off_t offset) {
  PassRelease();
  return TellFilled(buffer, __real_pread(fd, buffer, size, offset),
                    KCSAN_HOOK_PC());
}

KCSAN_WRAPPER(ssize_t, pread64, int fd, void* buffer, size_t size,
              off64_t offset) {
  PassRelease();
  return TellFilled(buffer, __real_pread64(fd, buffer, size, offset),
                    KCSAN_HOOK_PC());
}

KCSAN_WRAPPER(ssize_t, readv, int fd, const iovec* parts, int num_parts) {
  PassRelease();
  const ssize_t result = __real_readv(fd, parts, num_parts);
  size_t left = result > 0 ? static_cast<size_t>(result) : 0;
  for (int i = 0; i < num_parts && left > 0; ++i) {
    const size_t size = Smaller(parts[i].iov_len, left);
    TellFilled(parts[i].iov_base, static_cast<ssize_t>(size), KCSAN_HOOK_PC());
    left -= size;
  }
  return result;
}

KCSAN_WRAPPER(ssize_t, recv, int fd, void* buffer, size_t size, int flags) {
  PassRelease();
  const ssize_t result = __real_recv(fd, buffer, size, flags);
  // With MSG_TRUNC it may be more than there was room for.
  if (result > 0) {
    TellFilled(buffer,
               static_cast<ssize_t>(Smaller(static_cast<size_t>(result), size)),
               KCSAN_HOOK_PC());
  }
  return result;
}

KCSAN_WRAPPER(ssize_t, recvfrom, int fd, void* buffer, size_t size, int flags,
              sockaddr* address, socklen_t* address_size) {
  PassRelease();
  const ssize_t result =
      __real_recvfrom(fd, buffer, size, flags, address, address_size);
  if (result > 0) {
    TellFilled(buffer,
               static_cast<ssize_t>(Smaller(static_cast<size_t>(result), size)),
               KCSAN_HOOK_PC());
  }
  return result;
}

KCSAN_WRAPPER(size_t, fread, void* buffer, size_t size, size_t count,
              FILE* file) {
  const size_t result = __real_fread(buffer, size, count, file);
  TellFilled(buffer, static_cast<ssize_t>(result * size), KCSAN_HOOK_PC());
  return result;
}

KCSAN_WRAPPER(char*, fgets, char* buffer, int size, FILE* file) {
  char* const result = __real_fgets(buffer, size, file);
  if (result != nullptr) TellLine(result, KCSAN_HOOK_PC());
  return result;
}

KCSAN_WRAPPER(ssize_t, write, int fd, const void* buffer, size_t size) {
  TellSent(buffer, size, KCSAN_HOOK_PC());
  return __real_write(fd, buffer, size);
}

KCSAN_WRAPPER(ssize_t, pwrite, int fd, const void* buffer, size_t size,
              off_t offset) {
  TellSent(buffer, size, KCSAN_HOOK_PC());
  return __real_pwrite(fd, buffer, size, offset);
}

KCSAN_WRAPPER(ssize_t, pwrite64, int fd, const void* buffer, size_t size,
              off64_t offset) {
  TellSent(buffer, size, KCSAN_HOOK_PC());
  return __real_pwrite64(fd, buffer, size, offset);
}

KCSAN_WRAPPER(ssize_t, writev, int fd, const iovec* parts, int num_parts) {
  for (int i = 0; i < num_parts; ++i) {
    TellSent(parts[i].iov_base, parts[i].iov_len, KCSAN_HOOK_PC());
  }
  return __real_writev(fd, parts, num_parts);
}

KCSAN_WRAPPER(ssize_t, send, int fd, const void* buffer, size_t size,
              int flags) {
  TellSent(buffer, size, KCSAN_HOOK_PC());
  return __real_send(fd, buffer, size, flags);
}

KCSAN_WRAPPER(ssize_t, sendto, int fd, const void* buffer, size_t size,
              int flags, const sockaddr* address, socklen_t address_size) {
  TellSent(buffer, size, KCSAN_HOOK_PC());
  return __real_sendto(fd, buffer, size, flags, address, address_size);
}

KCSAN_WRAPPER(size_t, fwrite, const void* buffer, size_t size, size_t count,
              FILE* file) {
  TellSent(buffer, size * count, KCSAN_HOOK_PC());
  return __real_fwrite(buffer, size, count, file);
}

KCSAN_WRAPPER(int, fputs, const char* string, FILE* file) {
  PassRelease();
  if (ReadIsDue()) {
    LookAtRange(string, __real_strlen(string) + 1, 0, KCSAN_HOOK_PC());
  }
  return __real_fputs(string, file);
}

// --- _FORTIFY_SOURCE: the size of the buffer beside the other arguments ------

KCSAN_WRAPPER(ssize_t, __read_chk, int fd, void* buffer, size_t size,
              size_t buffer_size) {
  PassRelease();
  return TellFilled(buffer, __real___read_chk(fd, buffer, size, buffer_size),
                    KCSAN_HOOK_PC());
}

KCSAN_WRAPPER(ssize_t, __pread_chk, int fd, void* buffer, size_t size,
              off_t offset, size_t buffer_size) {
  PassRelease();
  return TellFilled(buffer,
                    __real___pread_chk(fd, buffer, size, offset, buffer_size),
                    KCSAN_HOOK_PC());
}

KCSAN_WRAPPER(ssize_t, __pread64_chk, int fd, void* buffer, size_t size,
              off64_t offset, size_t buffer_size) {
  PassRelease();
  return TellFilled(buffer,
                    __real___pread64_chk(fd, buffer, size, offset, buffer_size),
                    KCSAN_HOOK_PC());
}

KCSAN_WRAPPER(ssize_t, __recv_chk, int fd, void* buffer, size_t size,
              size_t buffer_size, int flags) {
  PassRelease();
  const ssize_t result =
      __real___recv_chk(fd, buffer, size, buffer_size, flags);
  if (result > 0) {
    TellFilled(buffer,
               static_cast<ssize_t>(Smaller(static_cast<size_t>(result), size)),
               KCSAN_HOOK_PC());
  }
  return result;
}

KCSAN_WRAPPER(ssize_t, __recvfrom_chk, int fd, void* buffer, size_t size,
              size_t buffer_size, int flags, sockaddr* address,
              socklen_t* address_size) {
  PassRelease();
  const ssize_t result = __real___recvfrom_chk(fd, buffer, size, buffer_size,
                                               flags, address, address_size);
  if (result > 0) {
    TellFilled(buffer,
               static_cast<ssize_t>(Smaller(static_cast<size_t>(result), size)),
               KCSAN_HOOK_PC());
  }
  return result;
}

KCSAN_WRAPPER(size_t, __fread_chk, void* buffer, size_t buffer_size,
              size_t size, size_t count, FILE* file) {
  const size_t result =
      __real___fread_chk(buffer, buffer_size, size, count, file);
  TellFilled(buffer, static_cast<ssize_t>(result * size), KCSAN_HOOK_PC());
  return result;
}

KCSAN_WRAPPER(char*, __fgets_chk, char* buffer, size_t buffer_size, int size,
              FILE* file) {
  char* const result = __real___fgets_chk(buffer, buffer_size, size, file);
  if (result != nullptr) TellLine(result, KCSAN_HOOK_PC());
  return result;
}

}  // namespace abi
}  // namespace kcsan
