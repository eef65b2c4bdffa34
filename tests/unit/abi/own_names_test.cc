// SPDX-License-Identifier: Apache-2.0
//
// Of a function of the program's own with the name of one of libc's nothing is
// told, and its arguments arrive, whatever they are.

#include "tests/unit/abi/own_names.h"

#include <cstring>

#include "doctest/doctest.h"
#include "tests/unit/abi/told.h"

namespace kcsan {
namespace testing {
namespace {

alignas(64) char g_bytes[64];
volatile size_t g_size = 16;  // so that a call stays one

TEST_CASE("arguments and results, in registers and on the stack") {
  const Sums sums = send(0.5, 0.25, 1, 2, 3, 4, 5, 6, 7, 8L << 40);
  CHECK(sums.of_doubles == 0.75);
  CHECK(sums.of_integers == 28 + (8L << 40));
  CHECK(sums.a == 0.5);
  CHECK(sums.b == 0.25);
  CHECK(recv(3.0) == 1.5);
}

// Taken for iovec's they would be followed, into nowhere.
TEST_CASE("what is no pointer is not followed") {
  NeverWatch();
  CHECK(writev(reinterpret_cast<const char*>(1), 1 << 20) ==
        reinterpret_cast<const char*>((1 << 20) + 1));
}

TEST_CASE("nothing is told of them, and of libc's it is") {
  CHECK(ToldOf(g_bytes, sizeof(g_bytes),
               [] { CHECK(writev(g_bytes, 1) == g_bytes + 1); }) == Told());
  CHECK(ToldOf(g_bytes, sizeof(g_bytes), [] {
          std::memset(g_bytes, 'x', g_size);
        }) == Tells(kPlainWrite, g_bytes, 16));
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
