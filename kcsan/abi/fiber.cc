// SPDX-License-Identifier: Apache-2.0
//
// Threads of the program's own making: coroutine and fiber libraries say when
// one gives its stack to another. What belongs to a flow of control (its open
// scopes, its disabled and atomic regions, its depth) goes with it; what
// belongs to the thread (its samples, its id) stays.

#include <stdlib.h>

#include "kcsan/abi/barrier.h"
#include "kcsan/abi/hook.h"
#include "kcsan/core/context.h"

namespace kcsan {
namespace abi {
namespace {

struct Fiber {
  kcsan_rt_thread_fast fast;
  kcsan_scoped_access* scopes;
  uint64_t access_mask;
  int32_t atomic_next;
  int32_t nestable_atomic;
  bool flat_atomic;
  bool is_thread;  // the thread itself, outside all fibers
};

// Where the thread's own flow is kept while a fiber runs on it.
KCSAN_INTERNAL_TLS Fiber t_thread;
KCSAN_INTERNAL_TLS Fiber* t_current;

void Save(Fiber* fiber) {
  const core::ThreadContext& context = core::t_context;
  fiber->fast = kcsan_rt_thread;
  fiber->scopes = context.scopes;
  fiber->access_mask = context.access_mask;
  fiber->atomic_next = context.atomic_next;
  fiber->nestable_atomic = context.nestable_atomic;
  fiber->flat_atomic = context.flat_atomic;
}

void Restore(const Fiber& fiber) {
  core::ThreadContext* const context = &core::t_context;
  const int32_t reads = kcsan_rt_thread.skip[0];
  const int32_t writes = kcsan_rt_thread.skip[1];
  kcsan_rt_thread = fiber.fast;
  kcsan_rt_thread.skip[0] = reads;
  kcsan_rt_thread.skip[1] = writes;
  context->scopes = fiber.scopes;
  context->access_mask = fiber.access_mask;
  context->atomic_next = fiber.atomic_next;
  context->nestable_atomic = fiber.nestable_atomic;
  context->flat_atomic = fiber.flat_atomic;
}

}  // namespace

KCSAN_HOOK void* __tsan_get_current_fiber() {
  if (t_current != nullptr) return t_current;
  t_thread.is_thread = true;
  return &t_thread;
}

// Null if there is no memory for it, which the other hooks put up with.
KCSAN_HOOK void* __tsan_create_fiber(unsigned) {
  return calloc(1, sizeof(Fiber));
}

KCSAN_HOOK void __tsan_destroy_fiber(void* fiber) {
  Fiber* const dead = static_cast<Fiber*>(fiber);
  if (dead == nullptr || dead->is_thread) return;
  if (dead == t_current) t_current = nullptr;
  free(dead);
}

KCSAN_HOOK void __tsan_switch_to_fiber(void* fiber, unsigned) {
  Fiber* const next = static_cast<Fiber*>(fiber);
  Fiber* const current = static_cast<Fiber*>(__tsan_get_current_fiber());
  // What is under way on this thread is over before another flow begins.
  PassFence(__ATOMIC_SEQ_CST);
  if (next == nullptr || next == current) return;
  Save(current);
  Restore(*next);
  t_current = next;
}

KCSAN_HOOK void __tsan_set_fiber_name(void*, const char*) {}

}  // namespace abi
}  // namespace kcsan
