// SPDX-License-Identifier: Apache-2.0
//
// Atomic operations: what they do, what they tell, and which of them are
// barriers. For each width the same.

#include <cstdint>

#include "doctest/doctest.h"
#include "kcsan/core/context.h"
#include "kcsan/core/reorder.h"
#include "tests/unit/abi/told.h"

__extension__ using Bits128 = unsigned __int128;

#define KCSAN_DECLARE(bits, T)                                               \
  T __tsan_atomic##bits##_load(const volatile T*, int);                      \
  void __tsan_atomic##bits##_store(volatile T*, T, int);                     \
  T __tsan_atomic##bits##_exchange(volatile T*, T, int);                     \
  T __tsan_atomic##bits##_fetch_add(volatile T*, T, int);                    \
  T __tsan_atomic##bits##_fetch_sub(volatile T*, T, int);                    \
  T __tsan_atomic##bits##_fetch_and(volatile T*, T, int);                    \
  T __tsan_atomic##bits##_fetch_or(volatile T*, T, int);                     \
  T __tsan_atomic##bits##_fetch_xor(volatile T*, T, int);                    \
  T __tsan_atomic##bits##_fetch_nand(volatile T*, T, int);                   \
  int __tsan_atomic##bits##_compare_exchange_strong(volatile T*, T*, T, int, \
                                                    int);                    \
  int __tsan_atomic##bits##_compare_exchange_weak(volatile T*, T*, T, int,   \
                                                  int);                      \
  T __tsan_atomic##bits##_compare_exchange_val(volatile T*, T, T, int, int);

extern "C" {
KCSAN_DECLARE(8, uint8_t)
KCSAN_DECLARE(16, uint16_t)
KCSAN_DECLARE(32, uint32_t)
KCSAN_DECLARE(64, uint64_t)
KCSAN_DECLARE(128, Bits128)
void __tsan_atomic_thread_fence(int);
void __tsan_atomic_signal_fence(int);
}

namespace kcsan {
namespace testing {
namespace {

using core::HasReordered;

// The hooks of one width.
template <typename T>
struct Ops;

#define KCSAN_OPS(bits, T)                                                    \
  template <>                                                                 \
  struct Ops<T> {                                                             \
    static constexpr auto load = __tsan_atomic##bits##_load;                  \
    static constexpr auto store = __tsan_atomic##bits##_store;                \
    static constexpr auto exchange = __tsan_atomic##bits##_exchange;          \
    static constexpr auto fetch_add = __tsan_atomic##bits##_fetch_add;        \
    static constexpr auto fetch_sub = __tsan_atomic##bits##_fetch_sub;        \
    static constexpr auto fetch_and = __tsan_atomic##bits##_fetch_and;        \
    static constexpr auto fetch_or = __tsan_atomic##bits##_fetch_or;          \
    static constexpr auto fetch_xor = __tsan_atomic##bits##_fetch_xor;        \
    static constexpr auto fetch_nand = __tsan_atomic##bits##_fetch_nand;      \
    static constexpr auto strong =                                            \
        __tsan_atomic##bits##_compare_exchange_strong;                        \
    static constexpr auto weak = __tsan_atomic##bits##_compare_exchange_weak; \
    static constexpr auto value = __tsan_atomic##bits##_compare_exchange_val; \
  };
KCSAN_OPS(8, uint8_t)
KCSAN_OPS(16, uint16_t)
KCSAN_OPS(32, uint32_t)
KCSAN_OPS(64, uint64_t)
KCSAN_OPS(128, Bits128)

const int kOrders[] = {__ATOMIC_RELAXED, __ATOMIC_CONSUME, __ATOMIC_ACQUIRE,
                       __ATOMIC_RELEASE, __ATOMIC_ACQ_REL, __ATOMIC_SEQ_CST,
                       // With a request for lock elision above it.
                       __ATOMIC_ACQUIRE | 1 << 16};

bool Releases(int order) {
  return order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL ||
         order == __ATOMIC_SEQ_CST;
}

// A value that fills the width, so that a hook of the wrong one is found out.
template <typename T>
constexpr T Fill(uint8_t byte) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i)
    value = static_cast<T>(value << 8 | byte);
  return value;
}

TEST_CASE_TEMPLATE("the operations do what they are called", T, uint8_t,
                   uint16_t, uint32_t, uint64_t, Bits128) {
  using O = Ops<T>;
  const T a = Fill<T>(0x5a);
  const T b = Fill<T>(0x33);
  // Neighbours that must not be touched.
  struct {
    T before, value, after;
  } guarded = {a, 0, a};
  T* const x = &guarded.value;
  for (const int order : kOrders) {
    CAPTURE(order);
    O::store(x, a, order);
    CHECK(bool(*x == a));
    CHECK(bool(O::load(x, order) == a));
    CHECK(bool(O::exchange(x, b, order) == a));
    CHECK(bool(*x == b));
    CHECK(bool(O::fetch_add(x, a, order) == b));
    CHECK(bool(*x == static_cast<T>(a + b)));
    CHECK(bool(O::fetch_sub(x, a, order) == static_cast<T>(a + b)));
    CHECK(bool(*x == b));
    CHECK(bool(O::fetch_and(x, a, order) == b));
    CHECK(bool(*x == (a & b)));
    *x = b;
    CHECK(bool(O::fetch_or(x, a, order) == b));
    CHECK(bool(*x == (a | b)));
    *x = b;
    CHECK(bool(O::fetch_xor(x, a, order) == b));
    CHECK(bool(*x == (a ^ b)));
    *x = b;
    CHECK(bool(O::fetch_nand(x, a, order) == b));
    CHECK(bool(*x == static_cast<T>(~(a & b))));
  }
  CHECK(bool(guarded.before == a));
  CHECK(bool(guarded.after == a));
}

TEST_CASE_TEMPLATE("compare-exchange, in its three forms", T, uint8_t, uint16_t,
                   uint32_t, uint64_t, Bits128) {
  using O = Ops<T>;
  const T a = Fill<T>(0x5a);
  const T b = Fill<T>(0x33);
  alignas(16) T x = 0;
  for (const int success : kOrders) {
    for (const int failure :
         {__ATOMIC_RELAXED, __ATOMIC_ACQUIRE, __ATOMIC_SEQ_CST}) {
      CAPTURE(success);
      CAPTURE(failure);
      for (const auto exchange : {O::strong, O::weak}) {
        x = a;
        T expected = b;
        CHECK(exchange(&x, &expected, b, success, failure) == 0);
        CHECK(bool(x == a));
        CHECK(bool(expected == a));
        CHECK(exchange(&x, &expected, b, success, failure) == 1);
        CHECK(bool(x == b));
        CHECK(bool(expected == a));
      }
      x = a;
      CHECK(bool(O::value(&x, b, b, success, failure) == a));
      CHECK(bool(x == a));
      CHECK(bool(O::value(&x, a, b, success, failure) == a));
      CHECK(bool(x == b));
    }
  }
}

TEST_CASE_TEMPLATE("they tell a marked access", T, uint8_t, uint16_t, uint32_t,
                   uint64_t, Bits128) {
  using O = Ops<T>;
  alignas(16) static T x;
  const auto told = [](const auto& operation) {
    return ToldOf(&x, sizeof(x), [&] {
      T expected = 0;
      operation(&expected);
    });
  };
  const int kRelaxed = __ATOMIC_RELAXED;
  CHECK(told([&](T*) { O::load(&x, kRelaxed); }) ==
        Tells(kMarkedRead, &x, sizeof(T)));
  CHECK(told([&](T*) { O::store(&x, 1, kRelaxed); }) ==
        Tells(kMarkedWrite, &x, sizeof(T)));
  const Told modifies = Tells(kMarkedReadWrite, &x, sizeof(T));
  CHECK(told([&](T*) { O::exchange(&x, 1, kRelaxed); }) == modifies);
  CHECK(told([&](T*) { O::fetch_add(&x, 1, kRelaxed); }) == modifies);
  CHECK(told([&](T*) { O::fetch_nand(&x, 1, kRelaxed); }) == modifies);
  CHECK(told([&](T* e) { O::strong(&x, e, 1, kRelaxed, kRelaxed); }) ==
        modifies);
  CHECK(told([&](T* e) { O::weak(&x, e, 1, kRelaxed, kRelaxed); }) == modifies);
  CHECK(told([&](T*) { O::value(&x, 0, 1, kRelaxed, kRelaxed); }) == modifies);
}

// Is an access of `type` that is under way over after the operation?
template <typename Operation>
bool Ends(int type, const Operation& operation) {
  static int variable;
  core::RememberReordered(
      &core::t_context,
      core::Access{&variable, sizeof(variable), type, nullptr, 1});
  operation();
  const bool is_ended = !HasReordered();
  core::ForgetReordered();
  return is_ended;
}

TEST_CASE_TEMPLATE("what releases ends what was under way, and nothing else", T,
                   uint8_t, uint16_t, uint32_t, uint64_t, Bits128) {
  using O = Ops<T>;
  RaceHarness harness;
  harness.Set([](Options& o) { o.weak_memory = true; });
  NeverWatch();
  alignas(16) T x = 0;
  for (const int type : {kPlainRead, kPlainWrite, kPlainReadWrite}) {
    for (const int order : kOrders) {
      CAPTURE(order);
      const bool releases = Releases(order);
      T expected = 0;
      CHECK_FALSE(Ends(type, [&] { O::load(&x, order); }));
      CHECK(Ends(type, [&] { O::store(&x, 1, order); }) == releases);
      CHECK(Ends(type, [&] { O::exchange(&x, 1, order); }) == releases);
      CHECK(Ends(type, [&] { O::fetch_or(&x, 1, order); }) == releases);
      CHECK(Ends(type, [&] {
              O::strong(&x, &expected, 1, order, __ATOMIC_RELAXED);
            }) == releases);
      CHECK(Ends(type, [&] { O::value(&x, 0, 1, order, __ATOMIC_RELAXED); }) ==
            releases);
    }
  }
  WatchAll();
}

TEST_CASE("fences") {
  for (const int type : {kPlainRead, kPlainWrite, kPlainReadWrite}) {
    CAPTURE(type);
    for (const int order : kOrders) {
      CAPTURE(order);
      const bool acquires =
          order == __ATOMIC_CONSUME || (order & 0xffff) == __ATOMIC_ACQUIRE;
      CHECK(Ends(type, [=] { __tsan_atomic_thread_fence(order); }) ==
            (Releases(order) || (acquires && type != kPlainWrite)));
      // Of no concern to other threads.
      CHECK_FALSE(Ends(type, [=] { __tsan_atomic_signal_fence(order); }));
    }
  }
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
