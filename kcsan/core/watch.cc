// SPDX-License-Identifier: Apache-2.0

#include "kcsan/core/watch.h"

#include "kcsan/core/counters.h"
#include "kcsan/core/handoff.h"
#include "kcsan/core/hooks.h"
#include "kcsan/core/options.h"
#include "kcsan/core/process.h"
#include "kcsan/core/race.h"
#include "kcsan/core/sampler.h"
#include "kcsan/core/signals.h"
#include "kcsan/core/value_change.h"
#include "kcsan/core/watchpoint_table.h"

namespace kcsan {
namespace core {
namespace {

// A handler that runs on top of a stall for longer is taken for one that left
// it.
constexpr uint64_t kHandlerPatienceNs = 1000 * 1000 * 1000;

// What a report may need, symbols and all.
constexpr size_t kReportStack = 64 * 1024;

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

void Hold(const Check& check, int slot, uint64_t delay_ns,
          SignalsBlocked* signals) {
  const Options& options = CurrentOptions();
  StallRequest request = {};
  request.delay_ns = delay_ns;
  request.word = HandoffWord(slot);
  request.idle = kHandoffIdle;
  request.spin = options.stall == kStallSpin;
  request.address = AddressOf(check.access.ptr);
  request.size = check.access.size;
  request.type = check.access.type;
  const bool admits_signals = options.signal_watcher;
  if (admits_signals) signals->Admit();
  g_hooks.stall(request);
  if (admits_signals) signals->Block();
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

// Arms, stalls, disarms.
Retired WatchWindow(ThreadContext* context, const Check& check,
                    const Window& window, int slot, SignalsBlocked* signals,
                    WatchedValue* value) {
  const uint64_t word =
      EncodeWatchpoint(window.address, window.size, IsWrite(check.access.type));
  const uint64_t delay_ns =
      StallLength(&context->sampler, CurrentOptions(),
                  IsAssert(check.access.type) || IsCompound(check.access.type));
  const uintptr_t frame =
      reinterpret_cast<uintptr_t>(__builtin_frame_address(0));

  value->begin_ns = g_hooks.now_ns();
  context->stall_slot = slot;
  context->stall_word = word;
  context->stall_frame = frame;
  context->stall_until_ns = value->begin_ns + delay_ns + kHandlerPatienceNs;
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
  Hold(check, slot, delay_ns, signals);
  if (value->is_compared) {
    value->after = IsReadable(check.access)
                       ? ReadValue(check.access.ptr, check.access.size)
                       : value->before;  // unmapped meanwhile
  }
  EndStall(&context->sampler, check.access.type & KCSAN_ACCESS_WRITE,
           CurrentOptions(), value->begin_ns, g_hooks.now_ns());
  // A handler's access may have come to the conclusion that we are gone.
  const bool is_ours = context->stalling && context->stall_frame == frame;
  return is_ours ? Disarm(context, slot, word) : Retired::kGone;
}

}  // namespace

KCSAN_SLOW_PATH bool Watch(ThreadContext* context, const Check& check) {
  if (!IsEncodable(Untag(AddressOf(check.access.ptr)), check.access.size)) {
    Count(Counter::unencodable_accesses);
    return false;
  }
  if (IsBenign(g_benign_memory, Untag(AddressOf(check.access.ptr)),
               check.access.size)) {
    return false;
  }
  WatchedValue value = {};
  value.is_compared = ComparesValue(check);
  if (value.is_compared && !IsReadable(check.access)) {
    Count(Counter::unreadable_accesses);
    return false;
  }
  if (!g_hooks.has_stack(kReportStack)) {
    Count(Counter::no_stack);
    return false;
  }
  const Window window = PickWindow(context, check.access);
  SignalsBlocked signals(context);
  const int slot = ReserveSlot(&g_table, window.address);
  if (slot == kNoSlot) {
    Count(Counter::no_capacity);
    return false;
  }
  switch (WatchWindow(context, check, window, slot, &signals, &value)) {
    case Retired::kUntouched:
      HandleUnseen(check, value);
      break;
    case Retired::kConsumed:
      HandleSeen(check, value, slot);
      break;
    case Retired::kGone:
      break;
  }
  return true;
}

void RecoverAbandonedStall(ThreadContext* context) {
  const uintptr_t here =
      reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  // A handler, on top of the stall? Or only the stack, grown deep again? Then
  // time tells.
  if (here < context->stall_frame &&
      g_hooks.now_ns() < context->stall_until_ns) {
    return;
  }
  const SignalsBlocked blocked(context);
  const int slot = context->stall_slot;
  if (Disarm(context, slot, context->stall_word) == Retired::kConsumed) {
    TakeHandoff(&g_table, slot, /*record=*/nullptr);
  }
}

}  // namespace core
}  // namespace kcsan
