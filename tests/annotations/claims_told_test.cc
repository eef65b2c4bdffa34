// SPDX-License-Identifier: Apache-2.0
//
// What the claims of assert/ tell the runtime, and for how long. Linked with
// fake_runtime.cc.

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "doctest/doctest.h"
#include "kcsan/assert/exclusive.h"
#include "kcsan/assert/exclusive_scoped.h"
#include "kcsan/checks.h"
#include "tests/annotations/fake_runtime.h"

namespace kcsan {
namespace testing {
namespace {

constexpr int kWriter = KCSAN_ACCESS_ASSERT;
constexpr int kAccess = KCSAN_ACCESS_ASSERT | KCSAN_ACCESS_WRITE;

Call TakeOne() {
  const std::vector<Call> calls = TakeCalls();
  REQUIRE(calls.size() == 1);
  return calls[0];
}

bool Is(const Call& call, const std::string& entry, const volatile void* ptr,
        std::size_t size, int type, std::uint64_t mask = 0) {
  return call.entry == entry && call.ptr == ptr && call.size == size &&
         call.type == type && call.mask == mask;
}

struct __attribute__((packed)) Packed {
  char pad;
  std::uint16_t value;
};

// An address of its own is no business of ours.
struct Hiding {
  int value;
  Hiding* operator&() = delete;
};

TEST_CASE("each claim is of its kind, and covers the whole variable") {
  int x = 0;
  const int line = __LINE__ + 1;
  ASSERT_EXCLUSIVE_WRITER(x);
  const Call call = TakeOne();
  CHECK(Is(call, "check", &x, sizeof(x), kWriter));
  CHECK(call.expression == "x");
  CHECK(call.line == std::to_string(line));
  ASSERT_EXCLUSIVE_ACCESS(x);
  CHECK(Is(TakeOne(), "check", &x, sizeof(x), kAccess));
  ASSERT_EXCLUSIVE_BITS(x, 0x0f);
  CHECK(Is(TakeOne(), "assert_bits", &x, sizeof(x), kWriter, 0x0f));
}

TEST_CASE("any variable will do") {
  const volatile int constant = 0;
  ASSERT_EXCLUSIVE_WRITER(constant);
  CHECK(Is(TakeOne(), "check", &constant, sizeof(int), kWriter));
  Packed packed = {};
  ASSERT_EXCLUSIVE_ACCESS(packed.value);
  CHECK(Is(TakeOne(), "check", &packed.pad + 1, 2, kAccess));
  ASSERT_EXCLUSIVE_ACCESS(packed);
  CHECK(Is(TakeOne(), "check", &packed, 3, kAccess));
  char array[100] = {};
  ASSERT_EXCLUSIVE_WRITER(array);
  CHECK(Is(TakeOne(), "check", array, 100, kWriter));
  ASSERT_EXCLUSIVE_WRITER(array[3]);
  CHECK(Is(TakeOne(), "check", array + 3, 1, kWriter));
  Hiding hiding = {1};
  ASSERT_EXCLUSIVE_WRITER(hiding);
  CHECK(Is(TakeOne(), "check", &hiding.value, sizeof(int), kWriter));
}

enum class Bits : std::uint8_t { kMine = 0x80 };

TEST_CASE("masks: any integer or enum, and 0 claims nothing") {
  std::uint8_t x = 0;
  ASSERT_EXCLUSIVE_BITS(x, Bits::kMine);
  CHECK(Is(TakeOne(), "assert_bits", &x, 1, kWriter, 0x80));
  ASSERT_EXCLUSIVE_BITS(x, ~7);
  CHECK(Is(TakeOne(), "assert_bits", &x, 1, kWriter, ~std::uint64_t{7}));
  int evaluated = 0;
  ASSERT_EXCLUSIVE_BITS(x, ++evaluated);
  CHECK(Is(TakeOne(), "assert_bits", &x, 1, kWriter, 1));
  CHECK(evaluated == 1);
  ASSERT_EXCLUSIVE_BITS(x, 0);
  { ASSERT_EXCLUSIVE_BITS_SCOPED(x, 0); }
  CHECK(TakeCalls().empty());
}

TEST_CASE("scopes end with their block, in reverse") {
  int x = 0, y = 0;
  {
    ASSERT_EXCLUSIVE_WRITER_SCOPED(x);
    const Call call = TakeOne();
    CHECK(Is(call, "begin_scoped", &x, sizeof(x), kWriter));
    CHECK(call.expression == "x");
    ASSERT_EXCLUSIVE_ACCESS_SCOPED(y);
    CHECK(Is(TakeOne(), "begin_scoped", &y, sizeof(y), kAccess));
  }
  const std::vector<Call> calls = TakeCalls();
  CHECK(Entries(calls) == "end_scoped end_scoped");
  CHECK((calls[0].ptr == &y));
  CHECK((calls[1].ptr == &x));
  {
    ASSERT_EXCLUSIVE_BITS_SCOPED(x, 0x30);
    CHECK(Is(TakeOne(), "begin_scoped", &x, sizeof(x), kWriter, 0x30));
  }
  CHECK(TakeOne().entry == "end_scoped");
}

TEST_CASE("two scopes on one line, and one in a branch") {
  int x = 0, y = 0;
  // clang-format off
  { ASSERT_EXCLUSIVE_WRITER_SCOPED(x); ASSERT_EXCLUSIVE_WRITER_SCOPED(y); }
  // clang-format on
  CHECK(Entries(TakeCalls()) ==
        "begin_scoped begin_scoped end_scoped end_scoped");
  if (x == 0) ASSERT_EXCLUSIVE_WRITER_SCOPED(x);
  CHECK(Entries(TakeCalls()) == "begin_scoped end_scoped");
}

TEST_CASE("a scope ends however its block is left") {
  const auto leave_by = [](int how) {
    int x = 0;
    ASSERT_EXCLUSIVE_ACCESS_SCOPED(x);
    if (how == 0) throw 1;
    if (how == 1) return;
    x = how;
  };
  CHECK_THROWS_AS(leave_by(0), int);
  CHECK(Entries(TakeCalls()) == "begin_scoped end_scoped");
  leave_by(1);
  CHECK(Entries(TakeCalls()) == "begin_scoped end_scoped");
  for (int i = 0; i < 2; ++i) {
    ASSERT_EXCLUSIVE_WRITER_SCOPED(i);
    if (i == 0) continue;
    break;
  }
  CHECK(Entries(TakeCalls()) ==
        "begin_scoped end_scoped begin_scoped end_scoped");
}

TEST_CASE("scopes are not copied: the runtime knows them by address") {
  CHECK_FALSE(std::is_copy_constructible_v<annotation_internal::ScopedClaim>);
  CHECK_FALSE(std::is_move_constructible_v<annotation_internal::ScopedClaim>);
  CHECK_FALSE(
      std::is_copy_constructible_v<annotation_internal::ScopedBitsClaim>);
}

struct Members {
  int value = 0;
  void Claim() {
    ASSERT_EXCLUSIVE_WRITER(value);
    ASSERT_EXCLUSIVE_WRITER_SCOPED(this->value);
    ASSERT_EXCLUSIVE_ACCESS(*this);
  }
};

template <typename T>
void ClaimInTemplate(T& object) {
  ASSERT_EXCLUSIVE_BITS_SCOPED(object.value, 1);
  ASSERT_EXCLUSIVE_WRITER(object.value);
}

TEST_CASE("claims stand in members, templates, lambdas and branches") {
  Members members;
  members.Claim();
  CHECK(Entries(TakeCalls()) == "check begin_scoped check end_scoped");
  ClaimInTemplate(members);
  CHECK(Entries(TakeCalls()) == "begin_scoped check end_scoped");
  const auto lambda = [&members] { ASSERT_EXCLUSIVE_WRITER(members.value); };
  lambda();
  CHECK(TakeCalls().size() == 1);
  if (members.value == 0)
    ASSERT_EXCLUSIVE_WRITER(members.value);
  else
    ASSERT_EXCLUSIVE_ACCESS(members.value);
  CHECK(TakeOne().type == kWriter);
}

TEST_CASE("the twins are the same") {
  int x = 0;
  {
    KCSAN_ASSERT_EXCLUSIVE_WRITER(x);
    KCSAN_ASSERT_EXCLUSIVE_ACCESS(x);
    KCSAN_ASSERT_EXCLUSIVE_BITS(x, 1);
    KCSAN_ASSERT_EXCLUSIVE_WRITER_SCOPED(x);
    KCSAN_ASSERT_EXCLUSIVE_ACCESS_SCOPED(x);
    KCSAN_ASSERT_EXCLUSIVE_BITS_SCOPED(x, 1);
  }
  const std::vector<Call> calls = TakeCalls();
  CHECK(Entries(calls) ==
        "check check assert_bits begin_scoped begin_scoped begin_scoped "
        "end_scoped end_scoped end_scoped");
  for (std::size_t i = 0; i < 6; ++i) CHECK(calls[i].expression == "x");
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
