// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/report_lock.h"

#include "kcsan/core/context.h"
#include "kcsan/platform/platform.h"

namespace kcsan {
namespace report {
namespace {

constexpr uint64_t kStepNs = 100 * 1000;

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
  const uint64_t begin_ns = platform::NowNs();
  do {
    if (TryLock()) return true;
    core::StallRequest request = {};
    request.delay_ns = kStepNs;
    request.is_handoff = true;
    core::g_hooks.stall(request);
  } while (platform::NowNs() - begin_ns < patience_ns);
  return false;
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

void ResetReportLock() { Unlock(); }

}  // namespace report
}  // namespace kcsan
