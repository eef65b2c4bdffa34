// SPDX-License-Identifier: Apache-2.0
//
// Signals are blocked for as long as the object lives, and the thread's own
// state follows.

#include "kcsan/core/signals.h"

#include <cstdint>
#include <vector>

#include "doctest/doctest.h"
#include "kcsan/core/context.h"
#include "kcsan/core/hooks.h"

namespace kcsan {
namespace core {
namespace {

struct Call {
  char what;
  uint64_t bits;
  bool in_runtime;
};
std::vector<Call> g_calls;
ThreadContext g_context;

void Record(char what, uint64_t bits) {
  g_calls.push_back({what, bits, g_context.in_runtime});
}

class Fixture {
 public:
  Fixture() {
    g_calls.clear();
    g_context = ThreadContext();
    Hooks hooks = {};
    hooks.block_signals = [] {
      Record('b', 0);
      return SignalMask{0xabc};
    };
    hooks.restore_signals = [](SignalMask mask) { Record('r', mask.bits); };
    hooks.admit_signals = [](SignalMask mask) { Record('a', mask.bits); };
    SetHooks(hooks);
  }
  ~Fixture() { SetHooks(Hooks()); }
};

TEST_CASE("blocked, then as before") {
  Fixture fixture;
  {
    const SignalsBlocked blocked(&g_context);
    REQUIRE(g_calls.size() == 1);
    CHECK(g_calls[0].what == 'b');
    CHECK(g_context.in_runtime);
  }
  REQUIRE(g_calls.size() == 2);
  CHECK(g_calls[1].what == 'r');
  CHECK(g_calls[1].bits == 0xabc);
  CHECK_FALSE(g_context.in_runtime);
}

TEST_CASE("in the runtime only with signals blocked") {
  Fixture fixture;
  {
    SignalsBlocked blocked(&g_context);
    blocked.Admit();
    CHECK(g_calls.back().what == 'a');
    CHECK(g_calls.back().bits == 0xabc);
    CHECK_FALSE(g_context.in_runtime);
    blocked.Block();
    CHECK(g_calls.back().what == 'b');
    CHECK(g_context.in_runtime);
  }
  // A handler that runs the moment it may finds the runtime left.
  for (const Call& call : g_calls) CHECK_FALSE(call.in_runtime);
}

}  // namespace
}  // namespace core
}  // namespace kcsan
