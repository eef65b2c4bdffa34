// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/arena.h"

#include <string.h>
#include <sys/mman.h>

namespace kcsan {
namespace report {

const char* NamePool::Copy(const char* text, size_t size) {
  if (size >= kCapacity - used_) return nullptr;
  char* const copy = bytes_ + used_;
  memcpy(copy, text, size);
  copy[size] = '\0';
  used_ += size + 1;
  return copy;
}

Arena* GetArena() {
  static Arena* arena = nullptr;
  if (arena == nullptr) {
    void* const memory = mmap(nullptr, sizeof(Arena), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) arena = static_cast<Arena*>(memory);
  }
  return arena;
}

}  // namespace report
}  // namespace kcsan
