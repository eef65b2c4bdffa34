// SPDX-License-Identifier: Apache-2.0
//
// The entry points behind checks.h: from a call in user code to a Check. One
// line of meaning each.

#include "kcsan/checks.h"
#include "kcsan/core/check.h"
#include "kcsan/core/context.h"
#include "kcsan/core/counters.h"
#include "kcsan/core/definitions.h"
#include "kcsan/core/hooks.h"
#include "kcsan/core/process.h"
#include "kcsan/core/quick_check.h"
#include "kcsan/core/reorder.h"
#include "kcsan/core/slow_path.h"

using kcsan::Counter;
using kcsan::core::Barrier;
using kcsan::core::Check;
using kcsan::core::Count;
using kcsan::core::IsMarked;
using kcsan::core::Origin;
using kcsan::core::t_context;

// Where user code called the entry point it stands in.
#define KCSAN_CALLER_PC() \
  reinterpret_cast<uintptr_t>(__builtin_return_address(0))

namespace {

KCSAN_INLINE Check CurrentCheck(const volatile void* ptr, size_t size, int type,
                                const char* site, uint64_t mask, uintptr_t pc) {
  return Check{{ptr, size, type, site, pc}, mask, Origin::kCurrent, pc};
}

// A thread's open scopes form a list through the scope objects on its stack. A
// signal handler may walk it at any moment, forward: `next` is always right.

// Whatever stands in an object that was never begun, or that another thread
// has begun: only what is in the list is open.
KCSAN_INLINE bool IsOpen(const kcsan_scoped_access* scope) {
  for (const kcsan_scoped_access* open = t_context.scopes; open != nullptr;
       open = open->next) {
    if (open == scope) return true;
  }
  return false;
}

KCSAN_INLINE void LinkScope(kcsan_scoped_access* scope) {
  scope->previous = nullptr;
  scope->next = t_context.scopes;
  if (scope->next != nullptr) scope->next->previous = scope;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  t_context.scopes = scope;
  kcsan_rt_thread.attention |= kcsan::core::kAttentionScoped;
}

KCSAN_INLINE void UnlinkScope(kcsan_scoped_access* scope) {
  if (scope->next != nullptr) scope->next->previous = scope->previous;
  if (scope->previous != nullptr) {
    scope->previous->next = scope->next;
  } else {
    t_context.scopes = scope->next;
  }
  if (t_context.scopes == nullptr) {
    kcsan_rt_thread.attention &= ~uint32_t{kcsan::core::kAttentionScoped};
  }
}

// To begin and to end a scope are occasions to look at the open ones, this one
// among them: as any plain access would be, and by the same fast path.
KCSAN_INLINE bool IsUneventfulScope(int type) {
  const int out_of_skips = kcsan_rt_count_down(type);
  return KCSAN_LIKELY(!out_of_skips) && KCSAN_LIKELY(!kcsan_rt_anything_up());
}

KCSAN_SLOW_PATH void CheckScope(const kcsan_scoped_access* scope,
                                uintptr_t pc) {
  RunCheck(kcsan::core::ScopeCheck(*scope, pc));
}

KCSAN_SLOW_PATH void CheckThenLinkScope(kcsan_scoped_access* scope,
                                        uintptr_t pc) {
  CheckScope(scope, pc);
  LinkScope(scope);
}

KCSAN_INLINE void FillScope(kcsan_scoped_access* scope,
                            const volatile void* ptr, size_t size, int type,
                            uint64_t mask, const char* site, const void* pc) {
  scope->ptr = ptr;
  scope->size = size;
  scope->type = type | KCSAN_ACCESS_SCOPED;
  scope->mask = mask;
  scope->site = site;
  scope->ip = pc;
  scope->owner = &t_context;
}

// Inside another scope. A function of its own, as the next, and the last thing
// that its caller does, which therefore has no stack frame to make.
KCSAN_SLOW_PATH void BeginInnerScope(kcsan_scoped_access* scope,
                                     const volatile void* ptr, size_t size,
                                     int type, uint64_t mask, const char* site,
                                     const void* pc) {
  kcsan::core::DropOrphanedScopes();
  // Linked twice, it would be its own successor.
  if (IsOpen(scope)) {
    Count(Counter::unbalanced_calls);
    return;
  }
  FillScope(scope, ptr, size, type, mask, site, pc);
  // Looked at before it is in the list, or it would be looked at twice.
  (void)kcsan_rt_count_down(type);
  CheckThenLinkScope(scope, reinterpret_cast<uintptr_t>(pc));
}

// Not the only one that is open, if it is open at all.
KCSAN_SLOW_PATH void EndOtherScope(kcsan_scoped_access* scope, uintptr_t pc) {
  if (t_context.scopes != nullptr) kcsan::core::DropOrphanedScopes();
  // Never begun, ended before, or ended by a thread that did not begin it.
  // Where it was never begun the owner is any word, and no thread has that
  // name.
  if (!IsOpen(scope)) {
    Count(Counter::unbalanced_calls);
    if (scope->owner != nullptr && scope->owner != &t_context) {
      AddOrphan(&kcsan::core::g_orphans, scope->owner);
      scope->owner = nullptr;
    }
    return;
  }
  UnlinkScope(scope);
  scope->owner = nullptr;
  if (!IsUneventfulScope(scope->type)) CheckScope(scope, pc);
}

// As many as four of a SeqCount's readers, one on top of the other.
constexpr int32_t kMaxBoundedAtomic = 4000;

KCSAN_INLINE void SetAtomicNext(int32_t n) {
  t_context.atomic_next = n > 0 ? n : 0;
  // Every access has to be counted, so none may take the fast path.
  if (n > 0) {
    kcsan_rt_thread.attention |= kcsan::core::kAttentionAtomicNext;
  } else {
    kcsan_rt_thread.attention &= ~uint32_t{kcsan::core::kAttentionAtomicNext};
  }
}

}  // namespace

extern "C" {

KCSAN_SLOW_PATH KCSAN_INTERNAL_CALL void kcsan_rt_check(
    const volatile void* ptr, size_t size, int type, const char* site) {
  if (kcsan::core::IsUneventful(ptr, size, type)) return;
  kcsan::core::RunCheck(CurrentCheck(ptr, size, type, site,
                                     t_context.access_mask, KCSAN_CALLER_PC()));
}

KCSAN_SLOW_PATH KCSAN_INTERNAL_CALL void kcsan_rt_assert_bits(
    const volatile void* ptr, size_t size, uint64_t mask, const char* site) {
  kcsan::core::RunCheck(CurrentCheck(ptr, size, KCSAN_ACCESS_ASSERT, site, mask,
                                     KCSAN_CALLER_PC()));
}

KCSAN_INTERNAL_CALL void kcsan_rt_begin_scoped(kcsan_scoped_access* scope,
                                               const volatile void* ptr,
                                               size_t size, int type,
                                               uint64_t mask,
                                               const char* site) {
  const void* const pc = __builtin_return_address(0);
  if (KCSAN_UNLIKELY(t_context.scopes != nullptr)) {
    BeginInnerScope(scope, ptr, size, type, mask, site, pc);
    return;
  }
  FillScope(scope, ptr, size, type, mask, site, pc);
  if (KCSAN_UNLIKELY(!IsUneventfulScope(type))) {
    CheckThenLinkScope(scope, reinterpret_cast<uintptr_t>(pc));
    return;
  }
  // Attention is 0, as was just seen, so that what comes of LinkScope() is
  // known: constants are stored. To change a word in memory, and to wait for it
  // with each scope, takes as long as all the rest.
  scope->previous = nullptr;
  scope->next = nullptr;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  t_context.scopes = scope;
  kcsan_rt_thread.attention = kcsan::core::kAttentionScoped;
}

KCSAN_INTERNAL_CALL void kcsan_rt_end_scoped(kcsan_scoped_access* scope) {
  // The only thing under way, as in nearly every case: constants again.
  if (KCSAN_UNLIKELY(t_context.scopes != scope) ||
      KCSAN_UNLIKELY(scope->next != nullptr) ||
      KCSAN_UNLIKELY(kcsan_rt_thread.attention !=
                     kcsan::core::kAttentionScoped) ||
      KCSAN_UNLIKELY(HasOrphans(kcsan::core::g_orphans))) {
    EndOtherScope(scope, KCSAN_CALLER_PC());
    return;
  }
  t_context.scopes = nullptr;
  kcsan_rt_thread.attention = 0;
  scope->owner = nullptr;
  if (KCSAN_UNLIKELY(!IsUneventfulScope(scope->type))) {
    CheckScope(scope, KCSAN_CALLER_PC());
  }
}

// For instrumented files, which do not have the fast path inline.
KCSAN_INTERNAL_CALL void kcsan_rt_tell(const volatile void* ptr, size_t size,
                                       int type, const char* site) {
  const bool out_of_skips = !IsMarked(type) && kcsan_rt_count_down(type);
  if (KCSAN_LIKELY(!out_of_skips) && KCSAN_LIKELY(!kcsan_rt_anything_up())) {
    return;
  }
  if (kcsan::core::IsUneventful(ptr, size, type)) return;
  kcsan::core::RunCheck(CurrentCheck(ptr, size, type, site,
                                     t_context.access_mask, KCSAN_CALLER_PC()));
}

KCSAN_INTERNAL_CALL void kcsan_rt_tell_bits(const volatile void* ptr,
                                            size_t size, uint64_t mask,
                                            const char* site) {
  const bool out_of_skips = kcsan_rt_count_down(KCSAN_ACCESS_ASSERT);
  if (KCSAN_LIKELY(!out_of_skips) && KCSAN_LIKELY(!kcsan_rt_anything_up())) {
    return;
  }
  kcsan::core::RunCheck(CurrentCheck(ptr, size, KCSAN_ACCESS_ASSERT, site, mask,
                                     KCSAN_CALLER_PC()));
}

KCSAN_INTERNAL_CALL void kcsan_rt_disable_begin(void) {
  kcsan_disable_current();
}
KCSAN_INTERNAL_CALL void kcsan_rt_disable_end(void) { kcsan_enable_current(); }

// Called by the inline part when there was nothing to enable.
KCSAN_INTERNAL_CALL void kcsan_rt_enable_current(void) {
  kcsan_rt_thread.disable_count = 0;
  Count(Counter::unbalanced_calls);
}

KCSAN_INTERNAL_CALL void kcsan_rt_nestable_atomic_begin(void) {
  ++t_context.nestable_atomic;
}

KCSAN_INTERNAL_CALL void kcsan_rt_nestable_atomic_end(void) {
  if (t_context.nestable_atomic <= 0) {
    Count(Counter::unbalanced_calls);
    return;
  }
  --t_context.nestable_atomic;
}

KCSAN_INTERNAL_CALL void kcsan_rt_flat_atomic_begin(void) {
  t_context.flat_atomic = true;
}

KCSAN_INTERNAL_CALL void kcsan_rt_flat_atomic_end(void) {
  if (!t_context.flat_atomic) Count(Counter::unbalanced_calls);
  t_context.flat_atomic = false;
}

KCSAN_INTERNAL_CALL void kcsan_rt_atomic_next(int n) { SetAtomicNext(n); }

// Regions that nest are sums in one count: a begin adds n, an end takes n away.
// So one that is left without its end is over as soon as it would have been
// without those that come after it, and each of these has its n all the same.
// There is no state beside the count that a longjmp() could leave wrong.
KCSAN_INTERNAL_CALL void kcsan_rt_bounded_atomic_begin(int n) {
  if (n <= 0) return;
  // Without a bound, regions that are never ended would add up for ever.
  const int32_t most = n < kMaxBoundedAtomic ? kMaxBoundedAtomic : n;
  const int32_t left = t_context.atomic_next;
  SetAtomicNext(left < most - n ? left + n : most);
}

KCSAN_INTERNAL_CALL void kcsan_rt_bounded_atomic_end(int n) {
  if (n > 0) SetAtomicNext(t_context.atomic_next - n);
}

KCSAN_INTERNAL_CALL void kcsan_rt_set_access_mask(uint64_t mask) {
  t_context.access_mask = mask;
}

KCSAN_SLOW_PATH KCSAN_INTERNAL_CALL void kcsan_rt_mb(void) {
  PassBarrier(&t_context, Barrier::kFull);
}
KCSAN_SLOW_PATH KCSAN_INTERNAL_CALL void kcsan_rt_wmb(void) {
  PassBarrier(&t_context, Barrier::kWrite);
}
KCSAN_SLOW_PATH KCSAN_INTERNAL_CALL void kcsan_rt_rmb(void) {
  PassBarrier(&t_context, Barrier::kRead);
}
KCSAN_SLOW_PATH KCSAN_INTERNAL_CALL void kcsan_rt_release(void) {
  PassBarrier(&t_context, Barrier::kRelease);
}

}  // extern "C"
