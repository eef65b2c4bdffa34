// SPDX-License-Identifier: Apache-2.0
//
// Where the runtime holds something that others wait for (a slot, a hand-off
// record, a lock of the report room), no signal handler may run on top of it:
// it could leave by longjmp, or be a cancellation, and what was held would be
// held for ever.

#ifndef KCSAN_CORE_SIGNALS_H_
#define KCSAN_CORE_SIGNALS_H_

#include <stdint.h>

#include "kcsan/core/context.h"
#include "kcsan/core/definitions.h"
#include "kcsan/core/hooks.h"

namespace kcsan {
namespace core {

// Blocks asynchronous signals for the life of the object, which lies within a
// RuntimeScope.
class SignalsBlocked {
 public:
  KCSAN_INLINE explicit SignalsBlocked(ThreadContext* context)
      : context_(context),
        saved_frame_(context->runtime_frame),
        saved_mask_(g_hooks.block_signals()) {
    context_->runtime_frame = UINTPTR_MAX;
  }
  KCSAN_INLINE ~SignalsBlocked() {
    context_->runtime_frame = saved_frame_;
    g_hooks.restore_signals(saved_mask_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

  // Between the two, handlers run, and what they access is looked at. They may
  // not return; then neither does Block().
  KCSAN_INLINE void Admit() {
    context_->in_runtime = false;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    g_hooks.admit_signals(saved_mask_);
  }
  KCSAN_INLINE void Block() {
    g_hooks.block_signals();
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    // A handler's own accesses went through the runtime and changed these.
    context_->runtime_frame = UINTPTR_MAX;
    context_->in_runtime = true;
  }

 private:
  ThreadContext* const context_;
  const uintptr_t saved_frame_;
  const SignalMask saved_mask_;
};

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_SIGNALS_H_
