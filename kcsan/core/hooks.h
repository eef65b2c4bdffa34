// SPDX-License-Identifier: Apache-2.0
//
// The only way up: what the core needs from the operating system and from the
// report room, as one table of function pointers. Each entry has a safe
// default, so that the core links and runs without either (and reports
// nothing).

#ifndef KCSAN_CORE_HOOKS_H_
#define KCSAN_CORE_HOOKS_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/core/definitions.h"
#include "kcsan/core/race_report.h"

namespace kcsan {
namespace core {

// A thread asks to be held. Tests replace the stall hook to hold a thread in
// its watched window until the other thread has come by: that, and not sleep,
// is how race tests meet.
struct StallRequest {
  uint64_t delay_ns;
  // The stall may end early once this word is not `idle`. Null: it may not.
  const uint32_t* word;
  uint32_t idle;
  bool spin;
  // Not a watched window: the owner of a consumed watchpoint waits for the
  // other side's record, or (word null) for its write to land.
  bool is_handoff;
  // The watched access; for tests.
  uintptr_t address;
  size_t size;
  int type;
};

// Room for what BlockSignals() has to put back: a signal mask, and whether the
// thread can be cancelled.
struct SignalMask {
  uint64_t bits;
  int cancel_state = 0;
};

struct Hooks {
  // Monotonic time. Default: 0.
  uint64_t (*now_ns)();
  // Kernel thread id, never 0. Default: 1.
  int32_t (*thread_id)();
  // CPU that the caller runs on, -1 if unknown. Default: -1.
  int32_t (*cpu)();
  // Name of the calling thread. Default: "".
  void (*thread_name)(char (&name)[kThreadNameSize]);
  // Can these bytes be read without a fault? Default: yes.
  bool (*is_readable)(const volatile void* ptr, size_t size);
  // Are `size` bytes left on the stack, as far as one can know? One can for a
  // signal handler's own stack, which may be small. Default: yes.
  bool (*has_stack)(size_t size);
  // Holds the calling thread. Default: returns at once.
  void (*stall)(const StallRequest& request);
  // Ends the stall of whoever waits on `word`. Default: nothing.
  void (*wake)(const uint32_t* word);
  // Keeps asynchronous signal handlers off the calling thread until restored,
  // and cancellation, so that a sink may use what is a cancellation point.
  // Default: nothing.
  SignalMask (*block_signals)();
  void (*restore_signals)(SignalMask mask);
  // Until blocked again, lets the program's handlers run that `mask` lets run.
  // Not what ends a thread from outside (cancellation). Default: nothing.
  void (*admit_signals)(SignalMask mask);
  // Fills `frames` with return addresses of the calling thread, innermost
  // first, beginning with `first` if it is on the stack. Returns their number.
  // Default: `first` alone.
  int (*unwind)(uintptr_t first, uintptr_t* frames, int max_frames);
  // Start of the function that holds `pc`, 0 if unknown. Default: 0.
  uintptr_t (*function_start)(uintptr_t pc);
  // Is a race here reported even if the value did not change? (Code that
  // publishes by RCU.) Default: no.
  bool (*always_report)(uintptr_t pc);
  // Called once in a process that was made without the handlers of fork(), on
  // the thread that found out. Default: nothing.
  void (*new_process)();
  // Takes a race. Runs on the thread that watched, with its checks disabled, no
  // watchpoint of its own armed, and asynchronous signals blocked: no handler
  // can leave it by a longjmp. Default: dropped.
  void (*report)(const RaceReport& report);
};

// What is in force. Call through it; replace it only with SetHooks().
extern Hooks g_hooks;

// Null entries mean the default. Not to be called while other threads are in
// the runtime: at start-up, and in tests between threads.
void SetHooks(const Hooks& hooks);

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_HOOKS_H_
