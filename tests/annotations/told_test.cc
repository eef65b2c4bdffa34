// SPDX-License-Identifier: Apache-2.0
//
// What each annotation tells the runtime: which bytes, of which kind, with
// which text, and before the access. Linked with fake_runtime.cc.

#include <cstring>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "kcsan/annotations/atomic_region.h"
#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/checked.h"
#include "kcsan/annotations/data_race.h"
#include "kcsan/annotations/data_racy.h"
#include "kcsan/annotations/once.h"
#include "kcsan/annotations/once_memcpy.h"
#include "kcsan/annotations/seqlock.h"
#include "kcsan/annotations/virtio.h"
#include "kcsan/checks.h"
#include "tests/annotations/fake_runtime.h"

namespace kcsan {
namespace testing {
namespace {

constexpr int kRead = 0;
constexpr int kWrite = KCSAN_ACCESS_WRITE;
constexpr int kReadWrite = KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND;
constexpr int kMarked = KCSAN_ACCESS_ATOMIC;

// The one call that there was since the last time.
Call TakeOne() {
  const std::vector<Call> calls = TakeCalls();
  REQUIRE(calls.size() == 1);
  return calls[0];
}

bool IsCheck(const Call& call, const volatile void* ptr, std::size_t size,
             int type) {
  return call.entry == "check" && call.ptr == ptr && call.size == size &&
         call.type == type;
}

std::string FileName(const Call& call) {
  return call.file.substr(call.file.rfind('/') + 1);
}

struct __attribute__((packed)) Packed {
  char pad;
  unsigned value;
};

TEST_CASE("READ_ONCE() and WRITE_ONCE() tell a marked access") {
  long x = 1;
  (void)READ_ONCE(x);
  CHECK(IsCheck(TakeOne(), &x, sizeof(x), kMarked));
  WRITE_ONCE(x, 2);
  CHECK(IsCheck(TakeOne(), &x, sizeof(x), kMarked | kWrite));
  Packed packed = {};
  (void)READ_ONCE(packed.value);
  CHECK(IsCheck(TakeOne(), &packed.pad + 1, 4, kMarked));
  WRITE_ONCE(packed.value, 1);
  CHECK(IsCheck(TakeOne(), &packed.pad + 1, 4, kMarked | kWrite));
  (void)READ_ONCE_NOCHECK(x);
  CHECK(TakeCalls().empty());
}

#define MY_FIELD(p) ((p)->value)

TEST_CASE("the text is the user's, not that of its expansion") {
  struct {
    int value;
  } object = {1}, *pointer = &object;
  const int line = __LINE__ + 1;
  (void)READ_ONCE(MY_FIELD(pointer));
  const Call call = TakeOne();
  CHECK(call.expression == "MY_FIELD(pointer)");
  CHECK(call.line == std::to_string(line));
  CHECK(FileName(call) == "told_test.cc");
  WRITE_ONCE(MY_FIELD(pointer), 3);
  CHECK(TakeOne().expression == "MY_FIELD(pointer)");
  (void)KCSAN_READ_ONCE(MY_FIELD(pointer));
  CHECK(TakeOne().expression == "MY_FIELD(pointer)");
  int array[2] = {};
  int index = 0;
  (void)READ_ONCE(array[READ_ONCE(index)]);
  const std::vector<Call> calls = TakeCalls();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].expression == "index");
  CHECK(calls[1].expression == "array[READ_ONCE(index)]");
}

TEST_CASE("data_race() silences its expression only") {
  int x = 1, y = 2;
  (void)(READ_ONCE(x) + data_race(READ_ONCE(y)) + READ_ONCE(x));
  const std::vector<Call> calls = TakeCalls();
  REQUIRE(calls.size() == 3);
  int num_disabled = 0;
  for (const Call& call : calls) {
    CHECK(call.disabled == (call.ptr == &y ? 1 : 0));
    num_disabled += call.disabled;
  }
  CHECK(num_disabled == 1);
  CHECK(kcsan_rt_thread.disable_count == 0);
}

TEST_CASE("data_race() ends when its expression throws, or nests") {
  const auto thrower = [](int* p) -> int {
    (void)READ_ONCE(*p);
    throw 1;
  };
  int x = 0;
  CHECK_THROWS_AS((void)data_race(thrower(&x)), int);
  CHECK(TakeOne().disabled == 1);
  CHECK(kcsan_rt_thread.disable_count == 0);
  (void)data_race(data_race(READ_ONCE(x)) + READ_ONCE(x));
  const std::vector<Call> calls = TakeCalls();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].disabled + calls[1].disabled == 3);
  CHECK(kcsan_rt_thread.disable_count == 0);
}

TEST_CASE("checked<T> tells each access as what it is") {
  checked<int> x = 1;
  checked<int> y = 2;
  CHECK(TakeCalls().empty());
  (void)static_cast<int>(x);
  const Call read = TakeOne();
  CHECK(IsCheck(read, &x, sizeof(int), kRead));
  CHECK(read.expression == "checked<int>");
  CHECK(read.file.empty());
  CHECK(read.line.empty());
  x = 3;
  CHECK(IsCheck(TakeOne(), &x, sizeof(int), kWrite));
  x += 1;
  CHECK(IsCheck(TakeOne(), &x, sizeof(int), kReadWrite));
  x++;
  CHECK(IsCheck(TakeOne(), &x, sizeof(int), kReadWrite));
  --x;
  CHECK(IsCheck(TakeOne(), &x, sizeof(int), kReadWrite));
  x.unchecked() = 5;
  CHECK(TakeCalls().empty());
  x = y;
  std::vector<Call> calls = TakeCalls();
  REQUIRE(calls.size() == 2);
  CHECK(IsCheck(calls[0], &y, sizeof(int), kRead));
  CHECK(IsCheck(calls[1], &x, sizeof(int), kWrite));
  const checked<int> copy = x;
  CHECK(IsCheck(TakeOne(), &x, sizeof(int), kRead));
  struct Outer {
    int other;
    checked<char*> pointer;
  };
  Outer outer = {1, nullptr};
  const Outer outer_copy = outer;
  CHECK(IsCheck(TakeOne(), &outer.pointer, sizeof(char*), kRead));
  CHECK(copy.unchecked() == 2);
  CHECK(outer_copy.other == 1);
}

TEST_CASE("data_racy<T> tells nothing") {
  data_racy<long> x = 1;
  x++;
  x += x;
  const data_racy<long> y = x;
  CHECK(TakeCalls().empty());
  CHECK(y == 4);
}

TEST_CASE("barriers, and the order of check and barrier") {
  int x = 0;
  smp_mb();
  smp_rmb();
  smp_wmb();
  dma_rmb();
  dma_wmb();
  CHECK(Entries(TakeCalls()) == "mb rmb wmb rmb wmb");
  for (const bool weak : {true, false}) {
    virtio_mb(weak);
    virtio_rmb(weak);
    virtio_wmb(weak);
    CHECK(Entries(TakeCalls()) == "mb rmb wmb");
    virtio_store_mb(weak, &x, 5);
    const std::vector<Call> calls = TakeCalls();
    CHECK(Entries(calls) == "check mb");
    CHECK(IsCheck(calls[0], &x, sizeof(x), kMarked | kWrite));
  }
  smp_store_release(&x, 6);
  std::vector<Call> calls = TakeCalls();
  CHECK(Entries(calls) == "check release");
  CHECK(IsCheck(calls[0], &x, sizeof(x), kMarked | kWrite));
  CHECK(calls[0].expression == "&x");
  CHECK(smp_load_acquire(&x) == 6);
  CHECK(IsCheck(TakeOne(), &x, sizeof(x), kMarked));
  smp_store_mb(x, 7);
  CHECK(Entries(TakeCalls()) == "check mb");
  CHECK(x == 7);
}

TEST_CASE("regions and masks") {
  {
    AtomicRegion outer;
    AtomicRegion inner;
    FlatAtomicRegion flat;
    ScopedAccessMask mask(0xf0);
    AtomicNext(3);
  }
  const std::vector<Call> calls = TakeCalls();
  CHECK(Entries(calls) ==
        "nestable_atomic_begin nestable_atomic_begin flat_atomic_begin "
        "set_access_mask atomic_next set_access_mask flat_atomic_end "
        "nestable_atomic_end nestable_atomic_end");
  REQUIRE(calls.size() == 9);
  CHECK(calls[3].mask == 0xf0);
  CHECK(calls[4].n == 3);
  CHECK(calls[5].mask == 0);
}

TEST_CASE("once_memcpy() is one marked access of the shared side") {
  char shared[20] = "0123456789", own[20] = {};
  once_memcpy(own, shared, sizeof(own));
  Call call = TakeOne();
  CHECK(IsCheck(call, shared, sizeof(shared), kMarked));
  CHECK(call.expression == "shared");
  once_memcpy_to(shared, own, 7);
  call = TakeOne();
  CHECK(IsCheck(call, shared, 7, kMarked | kWrite));
  CHECK(call.expression == "shared");
  once_memcpy(own, shared, 0);
  CHECK(TakeCalls().empty());
}

TEST_CASE("a SeqCount's writer claims that it is alone") {
  SeqCount sequence;
  sequence.WriteBegin();
  std::vector<Call> calls = TakeCalls();
  CHECK(Entries(calls) == "check nestable_atomic_begin check check wmb");
  CHECK(IsCheck(calls[0], &sequence, 4, KCSAN_ACCESS_ASSERT));
  CHECK(calls[0].expression == "kcsan::SeqCount");
  CHECK(IsCheck(calls[3], &sequence, 4, kMarked | kWrite));
  sequence.WriteEnd();
  calls = TakeCalls();
  CHECK(Entries(calls) == "check check release nestable_atomic_end");
  const unsigned start = sequence.ReadBegin();
  CHECK_FALSE(sequence.ReadRetry(start));
  calls = TakeCalls();
  CHECK(Entries(calls) ==
        "check bounded_atomic_begin bounded_atomic_end rmb check");
  CHECK(calls[1].n == SeqCount::kMaxReads);
  CHECK(calls[2].n == SeqCount::kMaxReads);
}

TEST_CASE("virtio accesses are marked, and carry the field's text") {
  struct {
    le16 flags;
    virtio32 id;
  } field = {};
  (void)LE16_READ(field.flags);
  Call call = TakeOne();
  CHECK(IsCheck(call, &field.flags, 2, kMarked));
  CHECK(call.expression == "field.flags");
  LE16_WRITE(field.flags, 1);
  CHECK(IsCheck(TakeOne(), &field.flags, 2, kMarked | kWrite));
  (void)VIRTIO32_READ(VirtioByteOrder::kModern, field.id);
  call = TakeOne();
  CHECK(IsCheck(call, &field.id, 4, kMarked));
  CHECK(call.expression == "field.id");
  VIRTIO32_WRITE(VirtioByteOrder::kLegacyBig, field.id, 1);
  call = TakeOne();
  CHECK(IsCheck(call, &field.id, 4, kMarked | kWrite));
  CHECK(call.expression == "field.id");
}

}  // namespace
}  // namespace testing
}  // namespace kcsan
