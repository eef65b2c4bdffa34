// SPDX-License-Identifier: Apache-2.0

#include "kcsan/core/watch.h"

#include "kcsan/core/counters.h"
#include "kcsan/core/handoff.h"
#include "kcsan/core/hooks.h"
#include "kcsan/core/options.h"
#include "kcsan/core/process.h"
#include "kcsan/core/race.h"
#include "kcsan/core/sampler.h"
#include "kcsan/core/value_change.h"
#include "kcsan/core/watchpoint_table.h"

namespace kcsan {
namespace core {
namespace {

// The consumer wakes us before it makes its access. How long we wait for its
// write to land, so that the report can show the new value.
constexpr uint64_t kSettleNs = 100 * 1000;
constexpr uint64_t kSettleStepNs = 5 * 1000;

// The part of the access that the watchpoint covers.
struct Window {
  uintptr_t address;
  size_t size;
};

Window PickWindow(ThreadContext* context, const Access& access) {
  Window window = {Untag(AddressOf(access.ptr)), access.size};
  if (window.size > kMaxWatchedSize) {
    // A different part each time, so that all of it is covered in the end.
    window.address +=
        RandomBelow(&context->sampler.random,
                    static_cast<uint32_t>(window.size - kMaxWatchedSize + 1));
    window.size = kMaxWatchedSize;
  }
  return window;
}

// Is there a value to compare? Not for a delayed access: the program has long
// changed it itself.
bool ComparesValue(const Check& check) {
  return HasComparableSize(check.access.size) &&
         check.origin != Origin::kReordered;
}

bool IsReadable(const Access& access) {
  return g_hooks.is_readable(access.ptr, access.size);
}

void Hold(ThreadContext* context, const Check& check, int slot,
          uint64_t delay_ns) {
  StallRequest request = {};
  request.delay_ns = delay_ns;
  request.word = HandoffWord(slot);
  request.idle = kHandoffIdle;
  request.spin = CurrentOptions().stall == kStallSpin;
  request.address = AddressOf(check.access.ptr);
  request.size = check.access.size;
  request.type = check.access.type;
  if (!CurrentOptions().signal_watcher) {
    g_hooks.stall(request);
    return;
  }
  // Handlers may run now, and what they do is looked at. The fences keep the
  // flags where they are; only this thread's handlers read them.
  context->in_runtime = false;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  g_hooks.stall(request);
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  context->in_runtime = true;
}

// The value after the stall. When another thread was caught on its way to a
// write, gives it the time to make it.
uint64_t ReadSettledValue(const Check& check, int slot, uint64_t old_value) {
  if (!IsReadable(check.access)) return old_value;  // unmapped meanwhile
  uint64_t value = ReadValue(check.access.ptr, check.access.size);
  if (!IsDelivered(slot)) return value;
  const uint64_t begin_ns = g_hooks.now_ns();
  for (uint64_t waited_ns = 0; waited_ns < kSettleNs && value == old_value;) {
    StallRequest request = {};
    request.delay_ns = kSettleStepNs;
    request.is_handoff = true;
    g_hooks.stall(request);
    const uint64_t now_ns = g_hooks.now_ns();
    if (now_ns == begin_ns) break;  // no clock
    waited_ns = now_ns - begin_ns;
    if (!IsReadable(check.access)) return old_value;
    value = ReadValue(check.access.ptr, check.access.size);
  }
  return value;
}

// Takes the watchpoint down. What is left to do depends on the answer.
Retired Disarm(ThreadContext* context, int slot, uint64_t word) {
  context->stalling = false;
  const Retired retired = RetireWatchpoint(&g_table, slot, word);
  if (retired == Retired::kGone) return retired;  // counted down by the reset
  __atomic_fetch_sub(&kcsan_rt_armed, 1, __ATOMIC_RELAXED);
  Uncount(Counter::used_watchpoints);
  if (retired == Retired::kUntouched) FreeSlot(&g_table, slot);
  return retired;
}

// Arms, stalls, disarms. Runs with signals blocked, unless signal_watcher.
Retired WatchWindow(ThreadContext* context, const Check& check, int slot,
                    WatchedValue* value) {
  const Window window = PickWindow(context, check.access);
  const uint64_t word =
      EncodeWatchpoint(window.address, window.size, IsWrite(check.access.type));
  value->is_compared = ComparesValue(check);
  const uint64_t delay_ns =
      StallLength(&context->sampler, CurrentOptions(),
                  IsAssert(check.access.type) || IsCompound(check.access.type));

  context->stall_slot = slot;
  context->stall_word = word;
  context->stall_frame =
      reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  context->stalling = true;
  PublishWatchpoint(&g_table, slot, word, context->thread_id);
  // Relaxed: a thread that sees the count late misses the watchpoint, as it
  // would have by being faster. Nobody relies on seeing it.
  __atomic_fetch_add(&kcsan_rt_armed, 1, __ATOMIC_RELAXED);
  Count(Counter::setup_watchpoints);
  Count(Counter::used_watchpoints);

  if (value->is_compared) {
    value->before = ReadValue(check.access.ptr, check.access.size);
  }
  const uint64_t begin_ns = g_hooks.now_ns();
  Hold(context, check, slot, delay_ns);
  if (value->is_compared) {
    value->after = ReadSettledValue(check, slot, value->before);
  }
  EndStall(&context->sampler, CurrentOptions(), begin_ns, g_hooks.now_ns());
  return Disarm(context, slot, word);
}

}  // namespace

KCSAN_SLOW_PATH void Watch(ThreadContext* context, const Check& check) {
  const uintptr_t address = Untag(AddressOf(check.access.ptr));
  if (!IsEncodable(address, check.access.size)) {
    Count(Counter::unencodable_accesses);
    return;
  }
  if (ComparesValue(check) && !IsReadable(check.access)) {
    Count(Counter::unreadable_accesses);
    return;
  }
  const int slot = ReserveSlot(&g_table, address);
  if (slot == kNoSlot) {
    Count(Counter::no_capacity);
    return;
  }
  const bool blocks_signals = !CurrentOptions().signal_watcher;
  SignalMask mask = {};
  if (blocks_signals) mask = g_hooks.block_signals();
  WatchedValue value = {};
  const Retired retired = WatchWindow(context, check, slot, &value);
  if (blocks_signals) g_hooks.restore_signals(mask);

  switch (retired) {
    case Retired::kUntouched:
      HandleUnseen(check, value);
      break;
    case Retired::kConsumed:
      HandleSeen(check, value, slot);
      break;
    case Retired::kGone:
      break;
  }
}

void RecoverAbandonedStall(ThreadContext* context) {
  const uintptr_t here =
      reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  if (here < context->stall_frame) return;  // a handler, on top of the stall
  const int slot = context->stall_slot;
  if (Disarm(context, slot, context->stall_word) == Retired::kConsumed) {
    TakeHandoff(&g_table, slot, /*record=*/nullptr);
  }
}

}  // namespace core
}  // namespace kcsan
