// SPDX-License-Identifier: Apache-2.0
//
// memcpy() and its kin, where they are calls.

#include "kcsan/abi/wrap.h"

namespace kcsan {
namespace abi {
namespace {

KCSAN_FAST_PATH void TellCopy(void* to, const void* from, size_t size,
                              uintptr_t pc) {
  if (ReadIsDue()) LookAtRange(from, size, 0, pc);
  if (WriteIsDue()) LookAtRange(to, size, KCSAN_ACCESS_WRITE, pc);
}

KCSAN_FAST_PATH void TellSet(void* to, size_t size, uintptr_t pc) {
  if (WriteIsDue()) LookAtRange(to, size, KCSAN_ACCESS_WRITE, pc);
}

}  // namespace

KCSAN_WRAPPER(void*, memcpy, void* to, const void* from, size_t size) {
  TellCopy(to, from, size, KCSAN_HOOK_PC());
  return __real_memcpy(to, from, size);
}

KCSAN_WRAPPER(void*, memmove, void* to, const void* from, size_t size) {
  TellCopy(to, from, size, KCSAN_HOOK_PC());
  return __real_memmove(to, from, size);
}

KCSAN_WRAPPER(void*, mempcpy, void* to, const void* from, size_t size) {
  TellCopy(to, from, size, KCSAN_HOOK_PC());
  return __real_mempcpy(to, from, size);
}

KCSAN_WRAPPER(void*, memset, void* to, int byte, size_t size) {
  TellSet(to, size, KCSAN_HOOK_PC());
  return __real_memset(to, byte, size);
}

// These may stop at the first byte that decides; what was read is then the part
// up to it.
KCSAN_WRAPPER(int, memcmp, const void* a, const void* b, size_t size) {
  const bool a_is_due = ReadIsDue();
  const bool b_is_due = ReadIsDue();
  if (a_is_due || b_is_due) {
    const char* const bytes_a = static_cast<const char*>(a);
    const char* const bytes_b = static_cast<const char*>(b);
    size_t read = 0;
    while (read < size && bytes_a[read] == bytes_b[read]) ++read;
    if (read < size) ++read;
    if (a_is_due) LookAtRange(a, read, 0, KCSAN_HOOK_PC());
    if (b_is_due) LookAtRange(b, read, 0, KCSAN_HOOK_PC());
  }
  return __real_memcmp(a, b, size);
}

KCSAN_WRAPPER(void*, memchr, const void* ptr, int byte, size_t size) {
  void* const found = __real_memchr(ptr, byte, size);
  if (ReadIsDue()) {
    const size_t read =
        found == nullptr ? size
                         : static_cast<size_t>(static_cast<char*>(found) -
                                               static_cast<const char*>(ptr)) +
                               1;
    LookAtRange(ptr, read, 0, KCSAN_HOOK_PC());
  }
  return found;
}

// --- _FORTIFY_SOURCE: the size of the target behind the other arguments ------

KCSAN_WRAPPER(void*, __memcpy_chk, void* to, const void* from, size_t size,
              size_t to_size) {
  TellCopy(to, from, size, KCSAN_HOOK_PC());
  return __real___memcpy_chk(to, from, size, to_size);
}

KCSAN_WRAPPER(void*, __memmove_chk, void* to, const void* from, size_t size,
              size_t to_size) {
  TellCopy(to, from, size, KCSAN_HOOK_PC());
  return __real___memmove_chk(to, from, size, to_size);
}

KCSAN_WRAPPER(void*, __mempcpy_chk, void* to, const void* from, size_t size,
              size_t to_size) {
  TellCopy(to, from, size, KCSAN_HOOK_PC());
  return __real___mempcpy_chk(to, from, size, to_size);
}

KCSAN_WRAPPER(void*, __memset_chk, void* to, int byte, size_t size,
              size_t to_size) {
  TellSet(to, size, KCSAN_HOOK_PC());
  return __real___memset_chk(to, byte, size, to_size);
}

}  // namespace abi
}  // namespace kcsan
