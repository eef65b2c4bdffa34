// SPDX-License-Identifier: Apache-2.0
//
// A thread that was named is told once, and nobody else is.

#include "kcsan/core/orphans.h"

#include "doctest/doctest.h"

namespace kcsan {
namespace core {
namespace {

int g_thread;
int g_other;

TEST_CASE("who is named is told, once") {
  Orphans orphans = {};
  CHECK_FALSE(TakeOrphan(&orphans, &g_thread));
  AddOrphan(&orphans, &g_thread);
  CHECK_FALSE(TakeOrphan(&orphans, &g_other));
  CHECK(TakeOrphan(&orphans, &g_thread));
  CHECK_FALSE(TakeOrphan(&orphans, &g_thread));
  CHECK(orphans.count == 0);
}

TEST_CASE("named twice, told once") {
  Orphans orphans = {};
  AddOrphan(&orphans, &g_thread);
  AddOrphan(&orphans, &g_other);
  AddOrphan(&orphans, &g_thread);
  CHECK(TakeOrphan(&orphans, &g_thread));
  CHECK_FALSE(TakeOrphan(&orphans, &g_thread));
  CHECK(TakeOrphan(&orphans, &g_other));
  CHECK(orphans.count == 0);
}

TEST_CASE("a full table takes no more, and works on") {
  Orphans orphans = {};
  for (int i = 0; i < kMaxOrphans + 3; ++i) AddOrphan(&orphans, &g_thread);
  CHECK(orphans.count == kMaxOrphans);
  AddOrphan(&orphans, &g_other);
  CHECK_FALSE(TakeOrphan(&orphans, &g_other));
  CHECK(TakeOrphan(&orphans, &g_thread));
  CHECK(orphans.count == 0);
}

}  // namespace
}  // namespace core
}  // namespace kcsan
