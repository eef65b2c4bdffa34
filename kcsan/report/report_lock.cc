// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/report_lock.h"

#include "kcsan/core/context.h"
#include "kcsan/platform/platform.h"

namespace kcsan {
namespace report {
namespace {

constexpr uint64_t kStepNs = 100 * 1000;
// A report that takes longer is stuck in a sink; fork() does not wait for it.
constexpr uint64_t kForkPatienceNs = uint64_t{1000} * 1000 * 1000;

uint32_t g_lock;
// Whose it is: an address in the holder's own storage, which is the same for
// the thread's copy in a forked child.
const void* g_owner;

const void* Self() { return &core::t_context; }

// Relaxed: who asks about himself has written it himself.
bool IsOwner() { return __atomic_load_n(&g_owner, __ATOMIC_RELAXED) == Self(); }

bool TryLock() {
  uint32_t expected = 0;
  // Acquire: pairs with the release in Unlock(). The arena is ours.
  if (!__atomic_compare_exchange_n(&g_lock, &expected, 1, /*weak=*/false,
                                   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
    return false;
  }
  __atomic_store_n(&g_owner, Self(), __ATOMIC_RELAXED);
  return true;
}

void Unlock() {
  __atomic_store_n(&g_owner, nullptr, __ATOMIC_RELAXED);
  __atomic_store_n(&g_lock, 0, __ATOMIC_RELEASE);
}

bool Lock(uint64_t patience_ns) {
  uint64_t waited_ns = 0;
  do {
    if (TryLock()) return true;
    core::StallRequest request = {};
    request.delay_ns = kStepNs;
    request.is_handoff = true;
    core::g_hooks.stall(request);
    waited_ns += kStepNs;
  } while (waited_ns < patience_ns);
  return false;
}

// What the forking thread has to undo, in both processes.
KCSAN_INTERNAL_TLS uint64_t t_fork_signals;
KCSAN_INTERNAL_TLS int t_fork_cancel_state;
KCSAN_INTERNAL_TLS bool t_fork_is_held;

void EndFork() {
  core::SignalMask mask = {t_fork_signals};
  mask.cancel_state = t_fork_cancel_state;
  platform::RestoreSignals(mask);
}

}  // namespace

ReportLock::ReportLock(uint64_t patience_ns)
    : mask_(platform::BlockSignals()),
      is_held_(!IsOwner() && Lock(patience_ns)) {}

ReportLock::~ReportLock() {
  // Not in a child that a handler has forked: there it was reset.
  if (is_held_ && IsOwner()) Unlock();
  platform::RestoreSignals(mask_);
}

void LockForFork() {
  const core::SignalMask mask = platform::BlockSignals();
  t_fork_signals = mask.bits;
  t_fork_cancel_state = mask.cancel_state;
  t_fork_is_held = !IsOwner() && Lock(kForkPatienceNs);
}

void UnlockAfterForkInParent() {
  if (t_fork_is_held) Unlock();
  EndFork();
}

void FreeReportLock() { Unlock(); }

void UnlockAfterForkInChild() {
  FreeReportLock();
  EndFork();
}

}  // namespace report
}  // namespace kcsan
