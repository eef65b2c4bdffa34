// SPDX-License-Identifier: Apache-2.0
//
// The copies that a compiler makes of its own accord, or that it knows how to
// make (Clang 16 and newer). Where it leaves a call of libc's function instead,
// wrap_memory.cc sees it.

#include <string.h>

#include "kcsan/abi/hook.h"

namespace kcsan {
namespace abi {

KCSAN_HOOK void* __tsan_memcpy(void* to, const void* from, size_t size) {
  if (size == 0) return to;
  Tell(from, size, 0, KCSAN_HOOK_PC());
  Tell(to, size, KCSAN_ACCESS_WRITE, KCSAN_HOOK_PC());
  return memcpy(to, from, size);
}

KCSAN_HOOK void* __tsan_memmove(void* to, const void* from, size_t size) {
  if (size == 0) return to;
  Tell(from, size, 0, KCSAN_HOOK_PC());
  Tell(to, size, KCSAN_ACCESS_WRITE, KCSAN_HOOK_PC());
  return memmove(to, from, size);
}

KCSAN_HOOK void* __tsan_memset(void* to, int byte, size_t size) {
  if (size == 0) return to;
  Tell(to, size, KCSAN_ACCESS_WRITE, KCSAN_HOOK_PC());
  return memset(to, byte, size);
}

}  // namespace abi
}  // namespace kcsan
