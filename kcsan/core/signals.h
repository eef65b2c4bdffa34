// SPDX-License-Identifier: Apache-2.0
//
// Where the runtime holds something that others wait for (a slot, a hand-off
// record, a lock of the report room), no signal handler may run on top of it:
// it could leave by longjmp, or be a cancellation, and what was held would be
// held for ever. Everywhere else handlers may come and go as they like.

#ifndef KCSAN_CORE_SIGNALS_H_
#define KCSAN_CORE_SIGNALS_H_

#include "kcsan/core/context.h"
#include "kcsan/core/definitions.h"
#include "kcsan/core/hooks.h"

namespace kcsan {
namespace core {

// Blocks asynchronous signals, and marks the thread as in the runtime, for the
// life of the object. Not to be nested.
class SignalsBlocked {
 public:
  KCSAN_INLINE explicit SignalsBlocked(ThreadContext* context)
      : context_(context), saved_mask_(g_hooks.block_signals()) {
    context_->in_runtime = true;
    Fence();
  }
  KCSAN_INLINE ~SignalsBlocked() {
    Fence();
    context_->in_runtime = false;
    g_hooks.restore_signals(saved_mask_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

  // Between the two, handlers run, and what they access is looked at. They may
  // not return; then neither does Block().
  KCSAN_INLINE void Admit() {
    Fence();
    context_->in_runtime = false;
    g_hooks.admit_signals(saved_mask_);
  }
  KCSAN_INLINE void Block() {
    g_hooks.block_signals();
    context_->in_runtime = true;
    Fence();
  }

 private:
  // Against this thread's own handlers: they read what it wrote before.
  KCSAN_INLINE static void Fence() { __atomic_signal_fence(__ATOMIC_SEQ_CST); }

  ThreadContext* const context_;
  const SignalMask saved_mask_;
};

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_SIGNALS_H_
