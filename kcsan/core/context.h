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
//   the
//                               call that armed it
//   signal handler              shares the thread's state. In the runtime
//                               (`in_runtime`) its accesses are not looked at
//   handler that never returns  (longjmp out of it) cannot leave the runtime
//                               where it holds something: signals are blocked
//                               there. Elsewhere the next access notices
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
  // In the runtime: what comes in now is a signal handler, or a sink that uses
  // annotated code. Not looked at.
  bool in_runtime;
  // The frame that set `in_runtime`; the highest address while signals are
  // blocked. See IsInRuntime().
  uintptr_t runtime_frame;
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

// Is the access whose slow path has its frame at `frame` made from within the
// runtime: by a signal handler or a sink? Both stand deeper in the stack than
// the frame that entered the runtime. If this one does not, that frame is gone:
// a handler left it by longjmp. (A handler on a stack of its own at a higher
// address is taken for that, too. Nothing is held at that moment, so the worst
// is that its accesses are looked at.)
KCSAN_INLINE bool IsInRuntime(const ThreadContext& context, uintptr_t frame) {
  return context.in_runtime && frame < context.runtime_frame;
}

// Marks the calling thread as in the runtime for the life of the object.
class RuntimeScope {
 public:
  KCSAN_INLINE RuntimeScope(ThreadContext* context, uintptr_t frame)
      : context_(context) {
    context_->runtime_frame = frame;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    context_->in_runtime = true;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);  // against our own handlers
  }
  KCSAN_INLINE ~RuntimeScope() {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    context_->in_runtime = false;
  }
  RuntimeScope(const RuntimeScope&) = delete;
  RuntimeScope& operator=(const RuntimeScope&) = delete;

 private:
  ThreadContext* const context_;
};

// First access of a thread, or of a forked child.
void InitThread(ThreadContext* context);

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_CONTEXT_H_
