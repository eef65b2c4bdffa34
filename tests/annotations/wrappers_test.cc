// SPDX-License-Identifier: Apache-2.0
//
// kcsan::checked<T> and kcsan::data_racy<T> behave as a T, and are laid out as
// one.

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "doctest/doctest.h"
#include "kcsan/annotations/checked.h"
#include "kcsan/annotations/data_racy.h"

namespace {

using kcsan::checked;
using kcsan::data_racy;

template <template <typename> class W, typename T>
constexpr bool kLiesOver =
    sizeof(W<T>) == sizeof(T) && alignof(W<T>) == alignof(T) &&
    std::is_standard_layout_v<W<T>>&& std::is_trivially_destructible_v<
        W<T>>&& std::is_trivially_default_constructible_v<W<T>>;
static_assert(kLiesOver<checked, bool> && kLiesOver<data_racy, bool>);
static_assert(kLiesOver<checked, short> && kLiesOver<data_racy, short>);
static_assert(kLiesOver<checked, double> && kLiesOver<data_racy, double>);
static_assert(kLiesOver<checked, char*> && kLiesOver<data_racy, char*>);
struct Large {
  int values[5];
};
static_assert(kLiesOver<checked, Large>);

// Constants can be initialised before any code runs.
checked<int> at_start = 5;
data_racy<int> racy_at_start = 6;

template <typename W, typename T>
void Integer(T first, T second) {
  W x = first;
  CHECK(x == first);
  x = second;
  CHECK(x.get() == second);
  const W copy = x;
  CHECK(copy == second);
  W other = first;
  other = x;
  CHECK(other == second);
  x = first;
  T plain = first;
  CHECK((x += second) == (plain = static_cast<T>(plain + second)));
  CHECK((x -= 1) == --plain);
  CHECK((x *= 3) == (plain = static_cast<T>(plain * 3)));
  CHECK((x /= 2) == (plain = static_cast<T>(plain / 2)));
  CHECK((x %= 100) == (plain = static_cast<T>(plain % 100)));
  CHECK((x |= 6) == (plain = static_cast<T>(plain | 6)));
  CHECK((x &= ~2) == (plain = static_cast<T>(plain & ~2)));
  CHECK((x ^= 5) == (plain = static_cast<T>(plain ^ 5)));
  CHECK((x <<= 2) == (plain = static_cast<T>(plain << 2)));
  CHECK((x >>= 1) == (plain = static_cast<T>(plain >> 1)));
  CHECK(x++ == plain++);
  CHECK(x-- == plain--);
  CHECK(++x == ++plain);
  CHECK(--x == --plain);
  x += copy;
  plain = static_cast<T>(plain + second);
  CHECK(x == plain);
  T memory;
  std::memcpy(&memory, static_cast<const void*>(&x), sizeof(memory));
  CHECK(memory == plain);
  W zero{};
  CHECK(zero == 0);
}

TEST_CASE("integers") {
  Integer<checked<int>, int>(7, 5);
  Integer<checked<std::uint8_t>, std::uint8_t>(7, 5);
  Integer<checked<long>, long>(70, 5);
  Integer<data_racy<int>, int>(7, 5);
  Integer<data_racy<std::int16_t>, std::int16_t>(7, 5);
  Integer<data_racy<unsigned long>, unsigned long>(70, 5);
  CHECK(at_start == 5);
  CHECK(racy_at_start == 6);
}

struct Node {
  int value;
};
enum class Colour { kRed, kBlue };

template <template <typename> class W>
void OtherTypes() {
  W<double> real = 1.5;
  real += 1;
  real *= 2.0;
  CHECK(real == 5.0);
  W<bool> flag = false;
  flag = true;
  if (!flag) FAIL("a bool that is true");
  flag |= false;
  CHECK(flag);
  W<Colour> colour = Colour::kRed;
  colour = Colour::kBlue;
  CHECK((colour == Colour::kBlue));
  Node nodes[2] = {{1}, {2}};
  W<Node*> pointer = nullptr;
  CHECK(pointer == nullptr);
  pointer = nodes;
  pointer += 1;
  CHECK((*pointer).value == 2);
  CHECK(pointer[-1].value == 1);
  pointer--;
  CHECK(pointer == nodes);
  pointer = nullptr;
  if (pointer) FAIL("a pointer that is null");
}

TEST_CASE("other types") {
  OtherTypes<checked>();
  OtherTypes<data_racy>();
}

TEST_CASE("checked: members of what it points to, and structs") {
  Node node = {3};
  checked<Node*> pointer = &node;
  pointer->value = 4;
  CHECK(node.value == 4);
  checked<Large> large = Large{{1, 2, 3, 4, 5}};
  const Large copy = large;
  CHECK(copy.values[4] == 5);
  large = Large{};
  CHECK(large.get().values[4] == 0);
  checked<int> x = 1;
  int& inside = x.unchecked();
  inside = 2;
  CHECK(x == 2);
}

TEST_CASE("an assignment yields the variable") {
  checked<int> a = 0, b = 0;
  a = b = 3;
  CHECK(a == 3);
  data_racy<int> c = 0, d = 0;
  c = d = 4;
  CHECK(c == 4);
}

}  // namespace
