// SPDX-License-Identifier: Apache-2.0

#include "kcsan/core/hooks.h"

namespace kcsan {
namespace core {
namespace {

uint64_t DefaultNow() { return 0; }
int32_t DefaultThreadId() { return 1; }
int32_t DefaultCpu() { return -1; }
void DefaultThreadName(char (&name)[kThreadNameSize]) { name[0] = '\0'; }
bool DefaultIsReadable(const volatile void*, size_t) { return true; }
bool DefaultHasStack(size_t) { return true; }
void DefaultStall(const StallRequest&) {}
void DefaultWake(const uint32_t*) {}
SignalMask DefaultBlockSignals() { return SignalMask{0}; }
void DefaultRestoreSignals(SignalMask) {}
void DefaultAdmitSignals(SignalMask) {}
int DefaultUnwind(uintptr_t first, uintptr_t* frames, int max_frames) {
  if (max_frames < 1) return 0;
  frames[0] = first;
  return 1;
}
uintptr_t DefaultFunctionStart(uintptr_t) { return 0; }
bool DefaultAlwaysReport(uintptr_t) { return false; }
void DefaultNewProcess() {}
void DefaultReport(const RaceReport&) {}

constexpr Hooks kDefaultHooks = {
    &DefaultNow,           &DefaultThreadId,
    &DefaultCpu,           &DefaultThreadName,
    &DefaultIsReadable,    &DefaultHasStack,
    &DefaultStall,         &DefaultWake,
    &DefaultBlockSignals,  &DefaultRestoreSignals,
    &DefaultAdmitSignals,  &DefaultUnwind,
    &DefaultFunctionStart, &DefaultAlwaysReport,
    &DefaultNewProcess,    &DefaultReport,
};

// A hook that is missing is the default one, so callers never test.
template <typename Function>
KCSAN_INLINE Function* OrDefault(Function* hook, Function* default_hook) {
  return hook != nullptr ? hook : default_hook;
}

}  // namespace

KCSAN_CONSTINIT Hooks g_hooks = kDefaultHooks;

void SetHooks(const Hooks& hooks) {
  const Hooks& defaults = kDefaultHooks;
  g_hooks.now_ns = OrDefault(hooks.now_ns, defaults.now_ns);
  g_hooks.thread_id = OrDefault(hooks.thread_id, defaults.thread_id);
  g_hooks.cpu = OrDefault(hooks.cpu, defaults.cpu);
  g_hooks.thread_name = OrDefault(hooks.thread_name, defaults.thread_name);
  g_hooks.is_readable = OrDefault(hooks.is_readable, defaults.is_readable);
  g_hooks.has_stack = OrDefault(hooks.has_stack, defaults.has_stack);
  g_hooks.stall = OrDefault(hooks.stall, defaults.stall);
  g_hooks.wake = OrDefault(hooks.wake, defaults.wake);
  g_hooks.block_signals =
      OrDefault(hooks.block_signals, defaults.block_signals);
  g_hooks.restore_signals =
      OrDefault(hooks.restore_signals, defaults.restore_signals);
  g_hooks.admit_signals =
      OrDefault(hooks.admit_signals, defaults.admit_signals);
  g_hooks.unwind = OrDefault(hooks.unwind, defaults.unwind);
  g_hooks.function_start =
      OrDefault(hooks.function_start, defaults.function_start);
  g_hooks.always_report =
      OrDefault(hooks.always_report, defaults.always_report);
  g_hooks.new_process = OrDefault(hooks.new_process, defaults.new_process);
  g_hooks.report = OrDefault(hooks.report, defaults.report);
}

}  // namespace core
}  // namespace kcsan
