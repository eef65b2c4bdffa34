// SPDX-License-Identifier: Apache-2.0
//
// READ_ONCE(), WRITE_ONCE(), READ_ONCE_NOCHECK() as the language sees them:
// which objects they take, what comes back, how often things are evaluated.

#include "kcsan/annotations/once.h"

#include <cstdint>
#include <type_traits>
#include <utility>

#include "doctest/doctest.h"
#include "kcsan/annotations/data_race.h"

namespace {

// Comparisons in parentheses: doctest cannot print a function pointer.
template <typename T>
void RoundTrip(T first, T second) {
  T x = first;
  static_assert(std::is_same_v<decltype(READ_ONCE(x)), T>);
  static_assert(std::is_same_v<decltype(WRITE_ONCE(x, second)), void>);
  CHECK((READ_ONCE(x) == first));
  WRITE_ONCE(x, second);
  CHECK((x == second));
  CHECK((READ_ONCE_NOCHECK(x) == second));

  const T& constant = x;
  static_assert(std::is_same_v<decltype(READ_ONCE(constant)), T>);
  CHECK((READ_ONCE(constant) == second));

  volatile T& changing = x;
  static_assert(std::is_same_v<decltype(READ_ONCE(changing)), T>);
  WRITE_ONCE(changing, first);
  CHECK((READ_ONCE(changing) == first));

  T array[3] = {first, second, first};
  CHECK((READ_ONCE(array[1]) == second));
  WRITE_ONCE(array[2], second);
  CHECK((READ_ONCE(*(array + 2)) == second));
  CHECK((READ_ONCE(array[0]) == first));
}

enum Plain { kPlainA, kPlainB };
enum class Small : std::uint8_t { kA, kB = 200 };
enum class Large : std::int64_t { kA, kB = -5 };

int Twice(int x) { return 2 * x; }
int Thrice(int x) { return 3 * x; }

struct Pair {
  int a, b;
  bool operator==(const Pair& other) const {
    return a == other.a && b == other.b;
  }
};
struct alignas(8) AlignedPair {
  int a, b;
};
// Has an address of its own, and no default constructor.
struct Odd {
  explicit Odd(short v) : value(v) {}
  Odd* operator&() { return nullptr; }
  short value;
};

struct Base {};
struct Derived : Base {};

struct __attribute__((packed)) Packed {
  std::uint8_t pad;
  std::uint16_t u16;
  std::uint32_t u32;
  std::uint64_t u64;
  int* pointer;
  double real;
  Small small;
  std::uint16_t array[2];
};

TEST_CASE("integers of every size") {
  RoundTrip<char>('a', 'b');
  RoundTrip<std::int8_t>(-1, 100);
  RoundTrip<std::uint8_t>(255, 1);
  RoundTrip<std::int16_t>(-30000, 1);
  RoundTrip<std::uint16_t>(65535, 1);
  RoundTrip<int>(-2000000000, 1);
  RoundTrip<unsigned>(4000000000u, 1);
  RoundTrip<long>(-9000000000000000000, 1);
  RoundTrip<unsigned long long>(~0ull, 1);
  RoundTrip<char16_t>(u'a', u'b');
  RoundTrip<wchar_t>(L'a', L'b');
}

TEST_CASE("bool, floating point, enums, pointers") {
  RoundTrip<bool>(true, false);
  RoundTrip<float>(1.5f, -0.0f);
  RoundTrip<double>(1.5, 1e300);
  RoundTrip<Plain>(kPlainA, kPlainB);
  RoundTrip<Small>(Small::kA, Small::kB);
  RoundTrip<Large>(Large::kB, Large::kA);
  int i = 0, j = 0;
  RoundTrip<int*>(&i, &j);
  RoundTrip<const void*>(&i, nullptr);
  RoundTrip<int (*)(int)>(Twice, Thrice);
  RoundTrip<int Pair::*>(&Pair::a, &Pair::b);
  RoundTrip<std::nullptr_t>(nullptr, nullptr);
}

TEST_CASE("small structs") {
  Pair pair = {1, 2};
  WRITE_ONCE(pair, {3, 4});
  CHECK(READ_ONCE(pair) == Pair{3, 4});
  WRITE_ONCE(pair, Pair{5, 6});
  CHECK(READ_ONCE(pair).b == 6);
  AlignedPair aligned = {7, 8};
  WRITE_ONCE(aligned, {9, 10});
  CHECK(READ_ONCE(aligned).a == 9);
  Odd odd(3);
  WRITE_ONCE(odd, Odd(4));
  CHECK(READ_ONCE(odd).value == 4);
}

TEST_CASE("packed fields, at odd addresses") {
  alignas(8) unsigned char bytes[2 * sizeof(Packed) + 1] = {};
  for (const int offset : {0, 1}) {
    auto* packed = reinterpret_cast<Packed*>(bytes + offset);
    int i = 0;
    WRITE_ONCE(packed->u16, 0x1234);
    WRITE_ONCE(packed->u32, 0x12345678u);
    WRITE_ONCE(packed->u64, 0x123456789abcdef0u);
    WRITE_ONCE(packed->pointer, &i);
    WRITE_ONCE(packed->real, 2.5);
    WRITE_ONCE(packed->small, Small::kB);
    WRITE_ONCE(packed->array[1], 9);
    CHECK(READ_ONCE(packed->u16) == 0x1234);
    CHECK(READ_ONCE(packed->u32) == 0x12345678u);
    CHECK(READ_ONCE(packed->u64) == 0x123456789abcdef0u);
    CHECK(READ_ONCE(packed->pointer) == &i);
    CHECK(READ_ONCE(packed->real) == 2.5);
    CHECK(READ_ONCE(packed->small) == Small::kB);
    CHECK(READ_ONCE(packed->array[1]) == 9);
    CHECK(READ_ONCE_NOCHECK(packed->u32) == 0x12345678u);
    const Packed* constant = packed;
    CHECK(READ_ONCE(constant->u64) == 0x123456789abcdef0u);
    volatile Packed* changing = packed;
    WRITE_ONCE(changing->u16, 1);
    CHECK(READ_ONCE(changing->u16) == 1);
  }
}

TEST_CASE("values convert as in an assignment") {
  std::uint8_t byte = 0;
  const int large = 0x1ff;
  WRITE_ONCE(byte, static_cast<std::uint8_t>(large));
  CHECK(byte == 0xff);
  double real = 0;
  WRITE_ONCE(real, 3);
  CHECK(real == 3.0);
  int integer = 0;
  WRITE_ONCE(integer, real + 0.99);
  CHECK(integer == 3);
  bool flag = false;
  WRITE_ONCE(flag, 7);
  CHECK(flag);
  int i = 0;
  int* pointer = &i;
  WRITE_ONCE(pointer, nullptr);
  CHECK(pointer == nullptr);
  pointer = &i;
  WRITE_ONCE(pointer, 0);
  CHECK(pointer == nullptr);
  Derived derived;
  Base* base = nullptr;
  WRITE_ONCE(base, &derived);
  CHECK(base == &derived);
  int (*function)(int) = nullptr;
  WRITE_ONCE(function, Twice);
  CHECK(READ_ONCE(function)(4) == 8);
}

TEST_CASE("operands are evaluated once") {
  int array[3] = {1, 2, 3};
  int* next = array;
  CHECK(READ_ONCE(*next++) == 1);
  CHECK(next == array + 1);
  int value = 10;
  WRITE_ONCE(*next++, value++);
  CHECK(next == array + 2);
  CHECK(value == 11);
  CHECK(array[1] == 10);
  CHECK(READ_ONCE_NOCHECK(*next++) == 3);
  CHECK(next == array + 3);
}

struct Node {
  Node* next;
  int value;
};

TEST_CASE("they nest, and combine with data_race()") {
  Node last = {nullptr, 7};
  Node first = {&last, 3};
  Node* head = &first;
  CHECK(READ_ONCE(READ_ONCE(READ_ONCE(head)->next)->value) == 7);
  CHECK(data_race(READ_ONCE(head)->value) == 3);
  CHECK(READ_ONCE(data_race(head)->value) == 3);
  WRITE_ONCE(READ_ONCE(head)->value, READ_ONCE(last.value) + 1);
  CHECK(first.value == 8);
}

template <typename T>
auto ReadMember(const T& object) {
  if constexpr (sizeof(T) > 1) {
    return READ_ONCE(object.value);
  } else {
    return 0;
  }
}

int global = 5;
const int at_namespace_scope = READ_ONCE(global);
int WithDefault(int x = READ_ONCE(global)) { return x; }
inline int InInline() { return READ_ONCE(global); }

class Holder {
 public:
  explicit Holder(int v) : value_(READ_ONCE(v)) {}
  int Get() const { return READ_ONCE(value_); }
  void Set(int v) { WRITE_ONCE(this->value_, v); }

 private:
  int value_;
};

TEST_CASE("they stand wherever an expression does") {
  CHECK(at_namespace_scope == 5);
  CHECK(WithDefault() == 5);
  CHECK(InInline() == 5);
  Node node = {nullptr, 4};
  CHECK(ReadMember(node) == 4);
  int& reference = node.value;
  const auto lambda = [&](auto x) {
    return READ_ONCE(reference) + READ_ONCE(x);
  };
  CHECK(lambda(1) == 5);
  Holder holder(1);
  holder.Set(2);
  CHECK(holder.Get() == 2);
  CHECK((true ? READ_ONCE(node.value) : 0) == 4);
  if (node.value == 4)
    WRITE_ONCE(node.value, 5);
  else
    WRITE_ONCE(node.value, 6);
  CHECK(node.value == 5);
  thread_local int local = 3;
  WRITE_ONCE(local, 4);
  CHECK(READ_ONCE(local) == 4);
}

TEST_CASE("the twins are the same") {
  int x = 1;
  KCSAN_WRITE_ONCE(x, 2);
  CHECK(KCSAN_READ_ONCE(x) == 2);
  CHECK(KCSAN_READ_ONCE_NOCHECK(x) == 2);
  CHECK(KCSAN_DATA_RACE(x) == 2);
}

}  // namespace
