// SPDX-License-Identifier: Apache-2.0
//
// What the runtime remembers of a thread. Constant-initialised, initial-exec,
// trivially destructible: valid before any constructor and after every
// destructor of the program.
//
// Moments that need a rule, and the rule:
//   before the runtime starts   all zero; checks return at once
//   first access of a thread    the slow path fills in the id and the seed
//   thread exit                 nothing to undo: a watchpoint never outlives
//                               the call that armed it
//   signal handler              shares the thread's state, and may run on top
//                               of the slow path at any place where it holds
//                               nothing. Elsewhere signals are blocked
//                               (signals.h)
//   handler that never returns  leaves nothing behind, but for a stall that it
//                               interrupted. See RecoverAbandonedStall()
//   after fork, in the child    ResetAfterFork() forgets the id, and the other
//                               threads' watchpoints

#ifndef KCSAN_CORE_CONTEXT_H_
#define KCSAN_CORE_CONTEXT_H_

#include <stdint.h>

#include "kcsan/checks.h"
#include "kcsan/core/access.h"
#include "kcsan/core/definitions.h"
#include "kcsan/core/sampler.h"

namespace kcsan {
namespace core {

// Bits of kcsan_rt_thread.attention.
enum : uint32_t {
  kAttentionScoped = 1,      // open scopes
  kAttentionAtomicNext = 2,  // a running kcsan_atomic_next()
  kAttentionReorder = KCSAN_RT_ATTENTION_REORDER,
};

struct ThreadContext {
  // 0: this thread was never here, or is the child of a fork.
  int32_t thread_id;
  // Holding something, with signals blocked (signals.h). What comes in now is a
  // sink that uses annotated code, or the handler of a signal that cannot be
  // blocked. Not looked at.
  bool in_runtime;
  // Held in a watched window. With signal_watcher=1 handlers run meanwhile and
  // are looked at, but arm nothing themselves.
  bool stalling;

  int32_t atomic_next;
  int32_t nestable_atomic;
  bool flat_atomic;
  uint64_t access_mask;
  kcsan_scoped_access* scopes;

  // Weak-memory modelling: the one access that may still be under way.
  // Meaningful while kAttentionReorder is set.
  Access reordered;

  // The watchpoint of the stall under way, to be removed if a signal handler
  // leaves the stall by longjmp. See RecoverAbandonedStall().
  int stall_slot;
  uint64_t stall_word;
  uintptr_t stall_frame;
  // When the stall is over for certain, unless a handler takes its time.
  uint64_t stall_until_ns;

  Sampler sampler;
};

static_assert(sizeof(ThreadContext) + sizeof(kcsan_rt_thread_fast) < 512,
              "a thread costs less than 512 bytes");

extern KCSAN_INTERNAL_TLS ThreadContext t_context;

// First access of a thread, or of a forked child.
void InitThread(ThreadContext* context);

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_CONTEXT_H_
