// SPDX-License-Identifier: Apache-2.0
//
// What may be let pass without the slow path, and what may not.

#include "kcsan/core/quick_check.h"

#include "doctest/doctest.h"

namespace kcsan {
namespace core {
namespace {

alignas(64) char g_bytes[64];

// A thread with nothing to do, and somebody's watchpoint on g_bytes[8..16).
struct Fixture {
  explicit Fixture(bool is_write) {
    kcsan_rt_thread = {};
    for (int32_t& skip : kcsan_rt_thread.skip) skip = 10;
    ClearTable(&g_table);
    const uintptr_t address = AddressOf(&g_bytes[8]);
    const int slot = ReserveSlot(&g_table, address);
    REQUIRE(slot != kNoSlot);
    PublishWatchpoint(&g_table, slot, EncodeWatchpoint(address, 8, is_write),
                      /*owner=*/12345);
  }
  ~Fixture() {
    ClearTable(&g_table);
    kcsan_rt_thread = {};
  }
};

constexpr int kRead = 0;
constexpr int kWrite = KCSAN_ACCESS_WRITE;

TEST_CASE("an access elsewhere is uneventful, one on watched bytes is not") {
  const Fixture fixture(/*is_write=*/true);
  CHECK(IsUneventful(&g_bytes[0], 8, kWrite));
  CHECK(IsUneventful(&g_bytes[16], 8, kWrite));
  CHECK_FALSE(IsUneventful(&g_bytes[8], 8, kRead));
  CHECK_FALSE(IsUneventful(&g_bytes[15], 1, kWrite));
  CHECK_FALSE(IsUneventful(&g_bytes[0], 64, kWrite | KCSAN_ACCESS_ATOMIC));
}

TEST_CASE("two reads are uneventful") {
  const Fixture fixture(/*is_write=*/false);
  CHECK(IsUneventful(&g_bytes[8], 8, kRead));
  CHECK_FALSE(IsUneventful(&g_bytes[8], 8, kWrite));
}

TEST_CASE("whose turn it is has to be looked at") {
  const Fixture fixture(/*is_write=*/true);
  kcsan_rt_thread.skip[0] = 0;
  CHECK(IsUneventful(&g_bytes[0], 8, kRead));
  kcsan_rt_thread.skip[0] = -1;
  CHECK_FALSE(IsUneventful(&g_bytes[0], 8, kRead));
  // Writes are counted apart.
  CHECK(IsUneventful(&g_bytes[0], 8, kWrite));
  kcsan_rt_thread.skip[1] = -1;
  CHECK_FALSE(IsUneventful(&g_bytes[0], 8, kWrite));
}

TEST_CASE("a thread with something under way has to be looked at") {
  const Fixture fixture(/*is_write=*/true);
  kcsan_rt_thread.attention = 1;
  CHECK_FALSE(IsUneventful(&g_bytes[0], 8, kRead));
}

TEST_CASE("an empty access is counted elsewhere") {
  const Fixture fixture(/*is_write=*/true);
  CHECK_FALSE(IsUneventful(&g_bytes[0], 0, kRead));
}

}  // namespace
}  // namespace core
}  // namespace kcsan
