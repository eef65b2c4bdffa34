// SPDX-License-Identifier: Apache-2.0

#include "kcsan/core/slow_path.h"

#include "kcsan/core/context.h"
#include "kcsan/core/counters.h"
#include "kcsan/core/handoff.h"
#include "kcsan/core/hooks.h"
#include "kcsan/core/options.h"
#include "kcsan/core/process.h"
#include "kcsan/core/reorder.h"
#include "kcsan/core/sampler.h"
#include "kcsan/core/signals.h"
#include "kcsan/core/watch.h"
#include "kcsan/core/watchpoint_table.h"

namespace kcsan {
namespace core {
namespace {

// While the detector is off, a thread asks this seldom whether it still is.
constexpr int32_t kSkipWhileDisabled = 32;

// What taking down a stack needs.
constexpr size_t kDeliverStack = 8 * 1024;

// Does this access count as marked, so that it is never watched? A claim never
// does, whatever region it stands in. Counts kcsan_atomic_next() down.
bool CountsAsMarked(ThreadContext* context, const Access& access) {
  if (IsMarked(access.type)) return true;
  if (IsAssert(access.type)) return false;
  if (CurrentOptions().assume_plain_writes_atomic && IsWrite(access.type) &&
      !IsCompound(access.type) && access.size <= sizeof(uint64_t) &&
      AddressOf(access.ptr) % access.size == 0) {
    return true;
  }
  if (context->atomic_next > 0) {
    if (--context->atomic_next == 0) {
      kcsan_rt_thread.attention &= ~uint32_t{kAttentionAtomicNext};
    }
    return true;
  }
  return context->nestable_atomic > 0 || context->flat_atomic;
}

// Looks for another thread's watchpoint on these bytes, and hands this side of
// the race over to it.
void LookForWatchpoint(ThreadContext* context, const Check& check) {
  // Which bits the other side would mind is not known here; it compares them
  // itself, if it is the one who watches.
  if (check.mask != 0) return;
  const Access& access = check.access;
  uint64_t word = 0;
  const int slot = FindWatchpoint(g_table, Untag(AddressOf(access.ptr)),
                                  access.size, IsWrite(access.type), &word);
  if (slot == kNoSlot) return;
  // Our own watchpoint: then this is a signal handler, run on top of the stall.
  const bool is_own = OwnerOf(g_table, slot) == context->thread_id;
  if (is_own && !CurrentOptions().signal_watcher) return;
  if (!g_hooks.has_stack(kDeliverStack)) {
    Count(Counter::no_stack);
    return;
  }
  // Who has consumed has to deliver.
  const SignalsBlocked blocked(context);
  if (!TryConsumeWatchpoint(&g_table, slot, word)) {
    Count(Counter::report_races);
    return;
  }
  DeliverHandoff(&g_table, slot, check, is_own);
}

Check ReorderedCheck(const ThreadContext& context, uintptr_t entry_pc) {
  return Check{context.reordered, 0, Origin::kReordered, entry_pc};
}

void LookForAllWatchpoints(ThreadContext* context, const Check& check) {
  if (!(CurrentOptions().ignore_atomics && IsMarked(check.access.type))) {
    LookForWatchpoint(context, check);
  }
  if (HasReordered()) {
    LookForWatchpoint(context, ReorderedCheck(*context, check.entry_pc));
  }
  for (const kcsan_scoped_access* scope = context->scopes; scope != nullptr;
       scope = scope->next) {
    LookForWatchpoint(context, ScopeCheck(*scope, check.entry_pc));
  }
}

// Of all that the thread has under way, picks what to watch, each alike. False
// if there is nothing that may be watched.
bool PickVictim(ThreadContext* context, const Check& check,
                bool is_current_watchable, Check* victim) {
  uint32_t seen = 0;
  const auto consider = [&](const Check& candidate) {
    // Reservoir of one: the n-th candidate replaces the pick with chance 1/n.
    ++seen;
    if (seen == 1 || RandomBelow(&context->sampler.random, seen) == 0) {
      *victim = candidate;
    }
  };
  if (is_current_watchable) consider(check);
  if (HasReordered()) consider(ReorderedCheck(*context, check.entry_pc));
  for (const kcsan_scoped_access* scope = context->scopes; scope != nullptr;
       scope = scope->next) {
    consider(ScopeCheck(*scope, check.entry_pc));
  }
  return seen > 0;
}

}  // namespace

void DropOrphanedScopes() {
  if (!TakeOrphan(&g_orphans, &t_context)) return;
  t_context.scopes = nullptr;
  kcsan_rt_thread.attention &= ~uint32_t{kAttentionScoped};
}

KCSAN_SLOW_PATH void RunCheck(const Check& check) {
  ThreadContext* const context = &t_context;
  const int kind = check.access.type & KCSAN_ACCESS_WRITE;
  int32_t* const skip = &kcsan_rt_thread.skip[kind];
  bool out_of_skips = *skip < 0;
  // Whatever happens below, the count never runs further down than -1.
  if (out_of_skips) *skip = 0;
  if (context->in_runtime) return;
  if (!IsEnabled()) {
    if (out_of_skips) *skip = kSkipWhileDisabled;
    return;
  }
  if (KCSAN_UNLIKELY(EnterNewProcess())) g_hooks.new_process();
  if (context->thread_id == 0) InitThread(context);
  if (context->scopes != nullptr) DropOrphanedScopes();
  if (context->stalling) RecoverAbandonedStall(context);
  if (check.access.size == 0) {
    Count(Counter::zero_size_accesses);
    return;
  }
  if (HasReordered() && !CurrentOptions().weak_memory) ForgetReordered();
  const bool is_marked = CountsAsMarked(context, check.access);
  if (kcsan_rt_thread.disable_count > 0) {
    if (out_of_skips)
      *skip = static_cast<int32_t>(context->sampler.pace[kind].last_skip);
    return;
  }

  if (__atomic_load_n(&kcsan_rt_armed, __ATOMIC_RELAXED) != 0) {
    LookForAllWatchpoints(context, check);
  }

  // A marked access is not counted on the fast path; for the open scopes it is
  // an occasion to be watched all the same.
  if (IsMarked(check.access.type) && kcsan_rt_thread.attention != 0) {
    out_of_skips = --*skip < 0;
    if (out_of_skips) *skip = 0;
  }
  if (!out_of_skips || context->stalling) return;

  if (is_marked && !HasReordered() && context->scopes == nullptr) {
    *skip = static_cast<int32_t>(context->sampler.pace[kind].last_skip);
    return;
  }
  uint32_t next_skip = 0;
  const uint64_t begin_ns = g_hooks.now_ns();
  const bool sample = DecideSample(&context->sampler, kind, CurrentOptions(),
                                   begin_ns, &next_skip);
  *skip = static_cast<int32_t>(next_skip);
  if (!sample) return;
  // What was under way a moment ago may be over: a signal handler that releases
  // ran in between.
  Check victim;
  if (!PickVictim(context, check, !is_marked, &victim)) return;
  if (!Watch(context, victim)) {
    // Finding out that it cannot be watched has cost time, too. Not paid for,
    // each access to come would find out again.
    EndStall(&context->sampler, kind, CurrentOptions(), begin_ns,
             g_hooks.now_ns());
  } else if (__atomic_load_n(&kcsan_rt_armed, __ATOMIC_RELAXED) != 0) {
    // Another thread may have opened its window while this one stood in its
    // own, and the access is only about to be made.
    LookForAllWatchpoints(context, check);
  }
  if (CurrentOptions().weak_memory && victim.origin == Origin::kCurrent &&
      !IsAssert(victim.access.type)) {
    RememberReordered(context, victim.access);
  }
}

KCSAN_SLOW_PATH void LeaveFunction(uintptr_t pc) {
  ThreadContext* const context = &t_context;
  if (!HasReordered()) return;
  if (!context->in_runtime && CurrentOptions().weak_memory && IsEnabled() &&
      kcsan_rt_thread.disable_count == 0 &&
      __atomic_load_n(&kcsan_rt_armed, __ATOMIC_RELAXED) != 0) {
    LookForWatchpoint(context, ReorderedCheck(*context, pc));
  }
  if (kcsan_rt_thread.depth == 0) {
    ForgetReordered();  // this is the function that made the access
  } else {
    --kcsan_rt_thread.depth;
  }
}

}  // namespace core
}  // namespace kcsan
