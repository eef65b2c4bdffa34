// SPDX-License-Identifier: Apache-2.0

#include "tests/annotations/fake_runtime.h"

#include <cstring>
#include <utility>

#include "kcsan/checks.h"

namespace kcsan {
namespace testing {
namespace {

std::vector<Call>& Calls() {
  static std::vector<Call> calls;
  return calls;
}

Call& Record(const char* entry) {
  Call call;
  call.entry = entry;
  call.disabled = kcsan_rt_thread.disable_count;
  Calls().push_back(call);
  return Calls().back();
}

void SetSite(Call* call, const char* site) {
  if (site == nullptr) {
    call->expression = call->file = call->line = "(null)";
    return;
  }
  call->expression = site;
  call->file = site + call->expression.size() + 1;
  call->line = site + call->expression.size() + call->file.size() + 2;
}

void RecordAccess(const char* entry, const volatile void* ptr, size_t size,
                  int type, uint64_t mask, const char* site) {
  Call& call = Record(entry);
  call.ptr = ptr;
  call.size = size;
  call.type = type;
  call.mask = mask;
  SetSite(&call, site);
}

}  // namespace

std::vector<Call> TakeCalls() {
  std::vector<Call> calls = std::move(Calls());
  Calls().clear();
  return calls;
}

std::string Entries(const std::vector<Call>& calls) {
  std::string entries;
  for (const Call& call : calls) {
    if (!entries.empty()) entries += ' ';
    entries += call.entry;
  }
  return entries;
}

}  // namespace testing
}  // namespace kcsan

using kcsan::testing::Record;
using kcsan::testing::RecordAccess;

extern "C" {

// Non-zero, both: every access and every barrier takes the slow path.
uint32_t kcsan_rt_armed = 1;
KCSAN_INTERNAL_TLS kcsan_rt_thread_fast kcsan_rt_thread = {
    {1000000, 1000000}, KCSAN_RT_ATTENTION_REORDER, 0, 0};

KCSAN_INTERNAL_CALL void kcsan_rt_check(const volatile void* ptr, size_t size,
                                        int type, const char* site) {
  RecordAccess("check", ptr, size, type, 0, site);
}
KCSAN_INTERNAL_CALL void kcsan_rt_assert_bits(const volatile void* ptr,
                                              size_t size, uint64_t mask,
                                              const char* site) {
  RecordAccess("assert_bits", ptr, size, KCSAN_ACCESS_ASSERT, mask, site);
}
KCSAN_INTERNAL_CALL void kcsan_rt_begin_scoped(kcsan_scoped_access* scope,
                                               const volatile void* ptr,
                                               size_t size, int type,
                                               uint64_t mask,
                                               const char* site) {
  scope->ptr = ptr;
  RecordAccess("begin_scoped", ptr, size, type, mask, site);
}
KCSAN_INTERNAL_CALL void kcsan_rt_end_scoped(kcsan_scoped_access* scope) {
  Record("end_scoped").ptr = scope->ptr;
}
KCSAN_INTERNAL_CALL void kcsan_rt_enable_current(void) {
  Record("enable_current");
}
KCSAN_INTERNAL_CALL void kcsan_rt_nestable_atomic_begin(void) {
  Record("nestable_atomic_begin");
}
KCSAN_INTERNAL_CALL void kcsan_rt_nestable_atomic_end(void) {
  Record("nestable_atomic_end");
}
KCSAN_INTERNAL_CALL void kcsan_rt_flat_atomic_begin(void) {
  Record("flat_atomic_begin");
}
KCSAN_INTERNAL_CALL void kcsan_rt_flat_atomic_end(void) {
  Record("flat_atomic_end");
}
KCSAN_INTERNAL_CALL void kcsan_rt_atomic_next(int n) {
  Record("atomic_next").n = n;
}
KCSAN_INTERNAL_CALL void kcsan_rt_bounded_atomic_begin(int n) {
  Record("bounded_atomic_begin").n = n;
}
KCSAN_INTERNAL_CALL void kcsan_rt_bounded_atomic_end(int n) {
  Record("bounded_atomic_end").n = n;
}
KCSAN_INTERNAL_CALL void kcsan_rt_set_access_mask(uint64_t mask) {
  Record("set_access_mask").mask = mask;
}
KCSAN_INTERNAL_CALL void kcsan_rt_mb(void) { Record("mb"); }
KCSAN_INTERNAL_CALL void kcsan_rt_wmb(void) { Record("wmb"); }
KCSAN_INTERNAL_CALL void kcsan_rt_rmb(void) { Record("rmb"); }
KCSAN_INTERNAL_CALL void kcsan_rt_release(void) { Record("release"); }

}  // extern "C"
