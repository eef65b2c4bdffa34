// SPDX-License-Identifier: Apache-2.0
//
// Stacks without frame pointers, beginning where they are told to begin.

#include "kcsan/platform/unwind.h"

#include <cstdint>

#include "doctest/doctest.h"

namespace kcsan {
namespace platform {
namespace {

constexpr int kMax = 16;

struct Stack {
  int num_frames;
  uintptr_t frames[kMax];
};

uintptr_t AddressOf(void (*function)(Stack*)) {
  return reinterpret_cast<uintptr_t>(function);
}

// Each a frame of its own: not inlined, and not left by a tail call.
__attribute__((noinline)) void Inner(Stack* stack) {
  stack->num_frames =
      Unwind(reinterpret_cast<uintptr_t>(__builtin_return_address(0)),
             stack->frames, kMax);
  __asm__ __volatile__("");
}
__attribute__((noinline)) void Middle(Stack* stack) {
  Inner(stack);
  __asm__ __volatile__("");
}
__attribute__((noinline)) void Outer(Stack* stack) {
  Middle(stack);
  __asm__ __volatile__("");
}

TEST_CASE("a stack begins at the place it is told, with its callers after it") {
  Stack stack = {};
  Outer(&stack);
  REQUIRE(stack.num_frames >= 3);
  CHECK(FunctionStart(stack.frames[0]) == AddressOf(&Middle));
  CHECK(FunctionStart(stack.frames[1]) == AddressOf(&Outer));
  for (int i = 0; i < stack.num_frames; ++i) CHECK(stack.frames[i] != 0);
}

TEST_CASE("a place that is not on the stack is all there is") {
  uintptr_t frames[kMax] = {};
  CHECK(Unwind(0x1234, frames, kMax) == 1);
  CHECK(frames[0] == 0x1234);
}

__attribute__((noinline)) int Short(uintptr_t* frames, int max_frames) {
  const int count =
      Unwind(reinterpret_cast<uintptr_t>(__builtin_return_address(0)), frames,
             max_frames);
  __asm__ __volatile__("");
  return count;
}

TEST_CASE("no more frames than there is room for") {
  uintptr_t frames[kMax] = {};
  CHECK(Short(frames, 0) == 0);
  CHECK(frames[0] == 0);
  CHECK(Short(frames, 1) == 1);
  CHECK(frames[0] != 0);
  CHECK(frames[1] == 0);
}

TEST_CASE("an address that is no code belongs to no function") {
  static int data;
  CHECK(FunctionStart(0) == 0);
  CHECK(FunctionStart(reinterpret_cast<uintptr_t>(&data)) == 0);
}

}  // namespace
}  // namespace platform
}  // namespace kcsan
