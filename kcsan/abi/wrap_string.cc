// SPDX-License-Identifier: Apache-2.0
//
// strcpy() and its kin, where they are calls. How long a string is costs
// something to find out, so it is found out only for an access that is looked
// at.

#include <string.h>

#include "kcsan/abi/wrap.h"

// What is compiled here must not come back here.
extern "C" size_t __real_strlen(const char*);
extern "C" size_t __real_strnlen(const char*, size_t);

namespace kcsan {
namespace abi {
namespace {

// With its terminator.
size_t SizeOf(const char* string) { return __real_strlen(string) + 1; }

// The part of it that a function reads that stops after `limit` bytes.
size_t SizeUpTo(const char* string, size_t limit) {
  const size_t length = __real_strnlen(string, limit);
  return length < limit ? length + 1 : limit;
}

void LookAtRead(const char* string, size_t size, uintptr_t pc) {
  LookAtRange(string, size, 0, pc);
}
void LookAtWrite(const char* string, size_t size, uintptr_t pc) {
  LookAtRange(string, size, KCSAN_ACCESS_WRITE, pc);
}

void TellCopy(char* to, const char* from, uintptr_t pc) {
  if (ReadIsDue()) LookAtRead(from, SizeOf(from), pc);
  if (WriteIsDue()) LookAtWrite(to, SizeOf(from), pc);
}

// strncpy() pads what is left.
void TellPaddedCopy(char* to, const char* from, size_t size, uintptr_t pc) {
  if (ReadIsDue()) LookAtRead(from, SizeUpTo(from, size), pc);
  if (WriteIsDue()) LookAtWrite(to, size, pc);
}

void TellAppend(char* to, const char* from, size_t limit, uintptr_t pc) {
  if (ReadIsDue()) LookAtRead(from, SizeUpTo(from, limit), pc);
  if (ReadIsDue()) LookAtRead(to, SizeOf(to), pc);
  if (WriteIsDue()) {
    LookAtWrite(to + __real_strlen(to), __real_strnlen(from, limit) + 1, pc);
  }
}

void TellCompare(const char* a, const char* b, size_t limit, uintptr_t pc) {
  const bool a_is_due = ReadIsDue();
  const bool b_is_due = ReadIsDue();
  if (!a_is_due && !b_is_due) return;
  size_t read = 0;
  while (read < limit && a[read] == b[read] && a[read] != '\0') ++read;
  if (read < limit) ++read;
  if (a_is_due) LookAtRead(a, read, pc);
  if (b_is_due) LookAtRead(b, read, pc);
}

}  // namespace

KCSAN_WRAPPER(size_t, strlen, const char* string) {
  const size_t length = __real_strlen(string);
  if (ReadIsDue()) LookAtRead(string, length + 1, KCSAN_HOOK_PC());
  return length;
}

KCSAN_WRAPPER(size_t, strnlen, const char* string, size_t limit) {
  if (ReadIsDue()) LookAtRead(string, SizeUpTo(string, limit), KCSAN_HOOK_PC());
  return __real_strnlen(string, limit);
}

KCSAN_WRAPPER(char*, strcpy, char* to, const char* from) {
  TellCopy(to, from, KCSAN_HOOK_PC());
  return __real_strcpy(to, from);
}

KCSAN_WRAPPER(char*, stpcpy, char* to, const char* from) {
  TellCopy(to, from, KCSAN_HOOK_PC());
  return __real_stpcpy(to, from);
}

KCSAN_WRAPPER(char*, strncpy, char* to, const char* from, size_t size) {
  TellPaddedCopy(to, from, size, KCSAN_HOOK_PC());
  return __real_strncpy(to, from, size);
}

KCSAN_WRAPPER(char*, strcat, char* to, const char* from) {
  TellAppend(to, from, ~size_t{0}, KCSAN_HOOK_PC());
  return __real_strcat(to, from);
}

KCSAN_WRAPPER(char*, strncat, char* to, const char* from, size_t size) {
  TellAppend(to, from, size, KCSAN_HOOK_PC());
  return __real_strncat(to, from, size);
}

KCSAN_WRAPPER(int, strcmp, const char* a, const char* b) {
  TellCompare(a, b, ~size_t{0}, KCSAN_HOOK_PC());
  return __real_strcmp(a, b);
}

KCSAN_WRAPPER(int, strncmp, const char* a, const char* b, size_t size) {
  TellCompare(a, b, size, KCSAN_HOOK_PC());
  return __real_strncmp(a, b, size);
}

// Up to what was found, or to the end.
KCSAN_WRAPPER(char*, strchr, const char* string, int wanted) {
  char* const found = __real_strchr(string, wanted);
  if (ReadIsDue()) {
    const size_t size = found == nullptr
                            ? SizeOf(string)
                            : static_cast<size_t>(found - string) + 1;
    LookAtRead(string, size, KCSAN_HOOK_PC());
  }
  return found;
}

KCSAN_WRAPPER(char*, strrchr, const char* string, int wanted) {
  if (ReadIsDue()) LookAtRead(string, SizeOf(string), KCSAN_HOOK_PC());
  return __real_strrchr(string, wanted);
}

KCSAN_WRAPPER(char*, strstr, const char* string, const char* wanted) {
  char* const found = __real_strstr(string, wanted);
  if (ReadIsDue()) LookAtRead(wanted, SizeOf(wanted), KCSAN_HOOK_PC());
  if (ReadIsDue()) {
    const size_t size = found == nullptr ? SizeOf(string)
                                         : static_cast<size_t>(found - string) +
                                               __real_strlen(wanted);
    LookAtRange(string, size, 0, KCSAN_HOOK_PC());
  }
  return found;
}

KCSAN_WRAPPER(char*, strdup, const char* string) {
  if (ReadIsDue()) LookAtRead(string, SizeOf(string), KCSAN_HOOK_PC());
  return __real_strdup(string);
}

// --- _FORTIFY_SOURCE: the size of the target behind the other arguments ------

KCSAN_WRAPPER(char*, __strcpy_chk, char* to, const char* from, size_t to_size) {
  TellCopy(to, from, KCSAN_HOOK_PC());
  return __real___strcpy_chk(to, from, to_size);
}

KCSAN_WRAPPER(char*, __stpcpy_chk, char* to, const char* from, size_t to_size) {
  TellCopy(to, from, KCSAN_HOOK_PC());
  return __real___stpcpy_chk(to, from, to_size);
}

KCSAN_WRAPPER(char*, __strncpy_chk, char* to, const char* from, size_t size,
              size_t to_size) {
  TellPaddedCopy(to, from, size, KCSAN_HOOK_PC());
  return __real___strncpy_chk(to, from, size, to_size);
}

KCSAN_WRAPPER(char*, __strcat_chk, char* to, const char* from, size_t to_size) {
  TellAppend(to, from, ~size_t{0}, KCSAN_HOOK_PC());
  return __real___strcat_chk(to, from, to_size);
}

KCSAN_WRAPPER(char*, __strncat_chk, char* to, const char* from, size_t size,
              size_t to_size) {
  TellAppend(to, from, size, KCSAN_HOOK_PC());
  return __real___strncat_chk(to, from, size, to_size);
}

}  // namespace abi
}  // namespace kcsan
