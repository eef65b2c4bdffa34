// SPDX-License-Identifier: Apache-2.0
//
// data_race() as the language sees it: what it takes, what comes back, and when
// things happen.

#include "kcsan/annotations/data_race.h"

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "doctest/doctest.h"
#include "kcsan/annotations/no_kcsan.h"
#include "kcsan/annotations/once.h"

namespace {

struct Bits {
  int a : 3;
  int b : 5;
};
struct __attribute__((packed)) Packed {
  char pad;
  int value;
};
struct Large {
  int values[10];
};

TEST_CASE("values, of any kind of expression") {
  int x = 3;
  CHECK(data_race(x) == 3);
  CHECK(data_race(x + 1) == 4);
  CHECK(data_race(x = 5) == 5);
  CHECK(data_race(x++) == 5);
  CHECK(data_race(++x) == 7);
  CHECK((data_race(x >= 7) && !data_race(x < 7)));
  data_race(x += 2);
  CHECK(x == 9);
  data_race((void)x);
  const int& reference = x;
  volatile int& changing = x;
  CHECK(data_race(reference) + data_race(changing) == 18);
  Bits bits = {1, 2};
  CHECK(data_race(bits.b) == 2);
  Packed packed = {1, 2};
  CHECK(data_race(packed.value) == 2);
  CHECK(data_race(packed.value = 4) == 4);
  int array[3] = {1, 2, 3};
  CHECK(data_race(array[1]) == 2);
  CHECK(data_race(array) == array);
  Large large = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}};
  const Large copy = data_race(large);
  CHECK(copy.values[9] == 10);
  CHECK(data_race(nullptr) == nullptr);
}

TEST_CASE("the result is a value and no reference") {
  int x = 3;
  {
    using Result = decltype(data_race(x));
    static_assert(std::is_same_v<Result, int>);
  }
  {
    using Result = decltype(data_race(x = 4));
    static_assert(std::is_same_v<Result, int>);
  }
  int& reference = x;
  {
    using Result = decltype(data_race(reference));
    static_assert(std::is_same_v<Result, int>);
  }
  {
    using Result = decltype(data_race((void)x));
    static_assert(std::is_same_v<Result, void>);
  }
  std::string text = "abc";
  {
    using Result = decltype(data_race(text));
    static_assert(std::is_same_v<Result, std::string>);
  }
  const auto later = data_race(x);
  x = 9;
  CHECK(later == 3);
}

TEST_CASE("objects with constructors, and some that only move") {
  std::string text = "a string that is too long to be kept inside";
  const std::string copy = data_race(text);
  CHECK(copy == text);
  CHECK(data_race(text + "!").size() == text.size() + 1);
  auto pointer = std::make_unique<int>(4);
  auto moved = data_race(std::move(pointer));
  CHECK(pointer == nullptr);
  CHECK(*moved == 4);
  CHECK(*data_race(std::make_unique<int>(5)) == 5);
}

// Notes when it is copied and destroyed.
struct Noisy {
  explicit Noisy(std::vector<std::string>* l) : log(l) {}
  Noisy(const Noisy& other) : log(other.log) { log->push_back("copied"); }
  ~Noisy() { log->push_back("destroyed"); }
  Noisy& operator=(const Noisy&) = default;
  std::vector<std::string>* log;
};

TEST_CASE("a copy is made once") {
  std::vector<std::string> log;
  {
    Noisy noisy(&log);
    {
      const Noisy copy = data_race(noisy);
      CHECK(log == std::vector<std::string>{"copied"});
    }
  }
  CHECK(log == std::vector<std::string>{"copied", "destroyed", "destroyed"});
}

int Thrower(int x) {
  if (x > 0) throw x;
  return x;
}

TEST_CASE("exceptions pass through") {
  CHECK_THROWS_AS(data_race((void)Thrower(1)), int);
  CHECK(data_race(Thrower(-1)) == -1);
}

template <typename T, typename U>
T First(T t, U) {
  return t;
}

TEST_CASE("commas need no parentheses") {
  CHECK(data_race(First<int, long>(3, 4)) == 3);
  CHECK(data_race(std::pair<int, int>{1, 2}.second) == 2);
}

TEST_CASE("it stands in conditions, lambdas, templates and returns") {
  int x = 1;
  const auto lambda = [&x] { return data_race(x); };
  CHECK(lambda() == 1);
  const auto generic = [](auto& y) { return data_race(y); };
  CHECK(generic(x) == 1);
  while (data_race(x < 5)) data_race(x++);
  CHECK(x == 5);
  if (data_race(x) == 5 && data_race(data_race(x) + data_race(x)) == 10) {
    x = 6;
  }
  CHECK(x == 6);
  switch (data_race(x)) {
    case 6:
      break;
    default:
      FAIL("another value");
  }
}

__no_kcsan int NotInstrumented(int* x) {
  WRITE_ONCE(*x, *x + 1);
  return data_race(*x) + READ_ONCE(*x);
}
KCSAN_NO_KCSAN int TwinNotInstrumented(int* x) { return *x; }

TEST_CASE("__no_kcsan functions may use annotations") {
  int x = 1;
  CHECK(NotInstrumented(&x) == 4);
  CHECK(TwinNotInstrumented(&x) == 2);
}

}  // namespace
