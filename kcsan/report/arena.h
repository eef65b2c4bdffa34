// SPDX-License-Identifier: Apache-2.0
//
// The memory that one report is made in: taken from the kernel at the first
// report, used again by each, never given back. A report may be made while the
// program's allocator is not usable, so nothing of it comes from the heap.

#ifndef KCSAN_REPORT_ARENA_H_
#define KCSAN_REPORT_ARENA_H_

#include <stddef.h>

#include "kcsan/report/report.h"

namespace kcsan {
namespace report {

class NamePool {
 public:
  void Clear() { used_ = 0; }

  // A copy of text[0, size) with a NUL; null when the pool is full.
  const char* Copy(const char* text, size_t size);

 private:
  enum : size_t { kCapacity = 48 * 1024 };
  size_t used_;
  char bytes_[kCapacity];
};

struct Arena {
  Report report;
  NamePool names;
  char title[512];
  char text[64 * 1024];
};

// Null if the kernel gives no memory. The holder of the report lock calls it.
Arena* GetArena();

}  // namespace report
}  // namespace kcsan

#endif  // KCSAN_REPORT_ARENA_H_
