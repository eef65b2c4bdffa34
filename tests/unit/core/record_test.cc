// SPDX-License-Identifier: Apache-2.0
//
// One side of a race, taken down: every field, and where the stack begins.

#include "kcsan/core/record.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include "doctest/doctest.h"
#include "kcsan/core/context.h"
#include "kcsan/core/hooks.h"

namespace kcsan {
namespace core {
namespace {

// An invented stack: function n begins at n * 0x1000.
std::vector<uintptr_t> g_stack;

int FakeUnwind(uintptr_t, uintptr_t* frames, int max_frames) {
  int count = 0;
  for (const uintptr_t pc : g_stack) {
    if (count < max_frames) frames[count++] = pc;
  }
  return count;
}

uintptr_t FakeFunctionStart(uintptr_t pc) { return pc & ~uintptr_t{0xfff}; }

class Fixture {
 public:
  explicit Fixture(std::vector<uintptr_t> stack) {
    g_stack = std::move(stack);
    Hooks hooks = {};
    hooks.cpu = [] { return int32_t{3}; };
    hooks.thread_name = [](char(&name)[kThreadNameSize]) {
      std::strcpy(name, "worker");
    };
    hooks.unwind = &FakeUnwind;
    hooks.function_start = &FakeFunctionStart;
    SetHooks(hooks);
    t_context.thread_id = 99;
  }
  ~Fixture() { SetHooks(Hooks()); }
};

Check CheckAt(Origin origin, uintptr_t pc, uintptr_t entry_pc) {
  return Check{{reinterpret_cast<const void*>(0xabc0), 8,
                KCSAN_ACCESS_WRITE | KCSAN_ACCESS_ATOMIC, "text", pc},
               0,
               origin,
               entry_pc};
}

std::vector<uintptr_t> FramesOf(const AccessRecord& record) {
  return std::vector<uintptr_t>(record.frames,
                                record.frames + record.num_frames);
}

using Stack = std::vector<uintptr_t>;

TEST_CASE("every field of an access made now") {
  Fixture fixture({0x1010, 0x2020});
  AccessRecord record;
  std::memset(&record, 0xff, sizeof(record));
  FillRecord(CheckAt(Origin::kCurrent, 0x1010, 0x1010), &record);
  CHECK(record.address == 0xabc0);
  CHECK(record.size == 8);
  CHECK(record.type == (KCSAN_ACCESS_WRITE | KCSAN_ACCESS_ATOMIC));
  CHECK_FALSE(record.reordered);
  CHECK(record.reordered_to == 0);
  CHECK_FALSE(record.in_signal_handler);
  CHECK(record.thread_id == 99);
  CHECK(record.cpu == 3);
  CHECK(std::strcmp(record.thread_name, "worker") == 0);
  CHECK(std::strcmp(record.site, "text") == 0);
  CHECK(FramesOf(record) == Stack{0x1010, 0x2020});
}

TEST_CASE("a scope's stack begins where the scope was opened") {
  // Opened in function 3 at 0x3008, which has since called 2, which called 1.
  Fixture fixture({0x1010, 0x2020, 0x3030, 0x4040});
  AccessRecord record = {};
  FillRecord(CheckAt(Origin::kScope, 0x3008, 0x1010), &record);
  CHECK(FramesOf(record) == Stack{0x3008, 0x4040});
  CHECK_FALSE(record.reordered);
}

TEST_CASE("a scope opened in the function that runs") {
  Fixture fixture({0x1010, 0x2020});
  AccessRecord record = {};
  FillRecord(CheckAt(Origin::kScope, 0x1004, 0x1010), &record);
  CHECK(FramesOf(record) == Stack{0x1004, 0x2020});
}

TEST_CASE("of a function that stands on the stack twice, the innermost") {
  Fixture fixture({0x1010, 0x3030, 0x2020, 0x3050});
  AccessRecord record = {};
  FillRecord(CheckAt(Origin::kScope, 0x3008, 0x1010), &record);
  CHECK(FramesOf(record) == Stack{0x3008, 0x2020, 0x3050});
}

TEST_CASE("a place whose function has returned is put on top") {
  Fixture fixture({0x1010, 0x2020});
  AccessRecord record = {};
  FillRecord(CheckAt(Origin::kScope, 0x5008, 0x1010), &record);
  CHECK(FramesOf(record) == Stack{0x5008, 0x1010, 0x2020});
}

TEST_CASE("on top of a stack that fills the record") {
  Stack stack;
  for (uintptr_t i = 0; i < kMaxFrames + 10; ++i) stack.push_back(0x1000 * i);
  Fixture fixture(stack);
  AccessRecord record = {};
  FillRecord(CheckAt(Origin::kScope, 0xfff008, 0x1010), &record);
  CHECK(record.num_frames == kMaxFrames);
  CHECK(record.frames[0] == 0xfff008);
  CHECK(record.frames[1] == 0);
  CHECK(record.frames[kMaxFrames - 1] == 0x1000 * (kMaxFrames - 2));
}

TEST_CASE("where functions are not known, the place is put on top") {
  Fixture fixture({0x1010, 0x2020});
  Hooks hooks = g_hooks;
  hooks.function_start = nullptr;
  SetHooks(hooks);
  AccessRecord record = {};
  FillRecord(CheckAt(Origin::kScope, 0x1004, 0x1010), &record);
  CHECK(FramesOf(record) == Stack{0x1004, 0x1010, 0x2020});
}

TEST_CASE("a delayed access says where its thread has come to") {
  Fixture fixture({0x1010, 0x3030});
  AccessRecord record = {};
  FillRecord(CheckAt(Origin::kReordered, 0x3008, 0x1010), &record);
  CHECK(record.reordered);
  CHECK(record.reordered_to == 0x1010);
  CHECK(FramesOf(record) == Stack{0x3008});
}

}  // namespace
}  // namespace core
}  // namespace kcsan
