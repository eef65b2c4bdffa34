// SPDX-License-Identifier: Apache-2.0
//
// Plain and volatile accesses, ranges, virtual pointers and copies.

#include <cstring>

#include "doctest/doctest.h"
#include "tests/unit/abi/told.h"

#define KCSAN_DECLARE(size)                         \
  void __tsan_read##size(void*);                    \
  void __tsan_write##size(void*);                   \
  void __tsan_read_write##size(void*);              \
  void __tsan_volatile_read##size(void*);           \
  void __tsan_volatile_write##size(void*);          \
  void __tsan_unaligned_read##size(void*);          \
  void __tsan_unaligned_write##size(void*);         \
  void __tsan_unaligned_read_write##size(void*);    \
  void __tsan_unaligned_volatile_read##size(void*); \
  void __tsan_unaligned_volatile_write##size(void*);

extern "C" {
KCSAN_DECLARE(1)
KCSAN_DECLARE(2)
KCSAN_DECLARE(4)
KCSAN_DECLARE(8)
KCSAN_DECLARE(16)
void __tsan_read_range(void*, size_t);
void __tsan_write_range(void*, size_t);
void __tsan_vptr_read(void**);
void __tsan_vptr_update(void**, void*);
void* __tsan_memcpy(void*, const void*, size_t);
void* __tsan_memmove(void*, const void*, size_t);
void* __tsan_memset(void*, int, size_t);
}

namespace kcsan {
namespace testing {
namespace {

alignas(64) char g_bytes[128];

struct Row {
  void (*hook)(void*);
  size_t size;
  int aligned;
  int unaligned;
};

// Volatile: marked, if it is one access for the machine.
#define KCSAN_ROWS(size, marked_read, marked_write)                            \
  {__tsan_read##size, size, kPlainRead, kPlainRead},                           \
      {__tsan_write##size, size, kPlainWrite, kPlainWrite},                    \
      {__tsan_read_write##size, size, kPlainReadWrite, kPlainReadWrite},       \
      {__tsan_volatile_read##size, size, marked_read, kPlainRead},             \
      {__tsan_volatile_write##size, size, marked_write, kPlainWrite},          \
      {__tsan_unaligned_read##size, size, kPlainRead, kPlainRead},             \
      {__tsan_unaligned_write##size, size, kPlainWrite, kPlainWrite},          \
      {__tsan_unaligned_read_write##size, size, kPlainReadWrite,               \
       kPlainReadWrite},                                                       \
      {__tsan_unaligned_volatile_read##size, size, marked_read, kPlainRead}, { \
    __tsan_unaligned_volatile_write##size, size, marked_write, kPlainWrite     \
  }

const Row kRows[] = {
    KCSAN_ROWS(1, kMarkedRead, kMarkedWrite),
    KCSAN_ROWS(2, kMarkedRead, kMarkedWrite),
    KCSAN_ROWS(4, kMarkedRead, kMarkedWrite),
    KCSAN_ROWS(8, kMarkedRead, kMarkedWrite),
    KCSAN_ROWS(16, kPlainRead, kPlainWrite),
};

TEST_CASE("each hook tells its size, its kind and where") {
  char* const aligned = g_bytes + 16;
  char* const unaligned = g_bytes + 33;
  for (const Row& row : kRows) {
    const auto index = &row - kRows;
    CAPTURE(index);
    CHECK(ToldOf(g_bytes, sizeof(g_bytes), [&] { row.hook(aligned); }) ==
          Tells(row.aligned, aligned, row.size));
    // A byte is always aligned.
    CHECK(ToldOf(g_bytes, sizeof(g_bytes), [&] { row.hook(unaligned); }) ==
          Tells(row.size == 1 ? row.aligned : row.unaligned, unaligned,
                row.size));
  }
}

TEST_CASE("plain hooks are watched, marked ones are not") {
  for (const Row& row : kRows) {
    RaceHarness harness;
    int windows = 0;
    harness.RunWithWindow([&] { row.hook(g_bytes); },
                          [&](const core::StallRequest& request) {
                            ++windows;
                            CHECK(request.address == core::AddressOf(g_bytes));
                            CHECK(request.size == row.size);
                            CHECK(request.type == row.aligned);
                          });
    const bool is_marked = (row.aligned & KCSAN_ACCESS_ATOMIC) != 0;
    CHECK(windows == (is_marked ? 0 : 1));
  }
}

TEST_CASE("ranges tell their size; an empty one is nothing") {
  CHECK(ToldOf(g_bytes, 128, [] { __tsan_read_range(g_bytes + 3, 77); }) ==
        Tells(kPlainRead, g_bytes + 3, 77));
  CHECK(ToldOf(g_bytes, 128, [] { __tsan_write_range(g_bytes + 3, 77); }) ==
        Tells(kPlainWrite, g_bytes + 3, 77));
  RaceHarness harness;
  __tsan_read_range(g_bytes, 0);
  __tsan_write_range(g_bytes, 0);
  CHECK(CounterValue(Counter::zero_size_accesses) == 0);
}

TEST_CASE("a virtual pointer is written when it changes") {
  static void* vptr;
  static char old_table, new_table;
  vptr = &old_table;
  CHECK(ToldOf(&vptr, sizeof(vptr), [] { __tsan_vptr_read(&vptr); }) ==
        Tells(kPlainRead, &vptr, sizeof(vptr)));
  CHECK(ToldOf(&vptr, sizeof(vptr), [] {
          __tsan_vptr_update(&vptr, &new_table);
        }) == Tells(kPlainWrite, &vptr, sizeof(vptr)));
  CHECK(ToldOf(&vptr, sizeof(vptr),
               [] { __tsan_vptr_update(&vptr, &old_table); }) == Told());
}

TEST_CASE("copies tell both sides, and copy") {
  static char from[64], to[64];
  std::memset(from, 'a', sizeof(from));
  const auto copy = [] { CHECK(__tsan_memcpy(to, from, 64) == to); };
  CHECK(ToldOf(from, 64, copy) == Tells(kPlainRead, from, 64));
  CHECK(ToldOf(to, 64, copy) == Tells(kPlainWrite, to, 64));
  CHECK(std::memcmp(from, to, 64) == 0);

  const auto set = [] { CHECK(__tsan_memset(from, 'b', 64) == from); };
  CHECK(ToldOf(from, 64, set) == Tells(kPlainWrite, from, 64));
  CHECK(from[63] == 'b');

  const auto move = [] { CHECK(__tsan_memmove(to, from, 64) == to); };
  CHECK(ToldOf(from, 64, move) == Tells(kPlainRead, from, 64));
  CHECK(ToldOf(to, 64, move) == Tells(kPlainWrite, to, 64));
  CHECK(to[0] == 'b');
  CHECK(__tsan_memcpy(to, from, 0) == to);
  CHECK(__tsan_memmove(to, from, 0) == to);
  CHECK(__tsan_memset(to, 0, 0) == to);
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
