// SPDX-License-Identifier: Apache-2.0
//
// What the core keeps for the whole process.

#ifndef KCSAN_CORE_PROCESS_H_
#define KCSAN_CORE_PROCESS_H_

#include "kcsan/core/benign_memory.h"
#include "kcsan/core/orphans.h"
#include "kcsan/core/rate_limit.h"
#include "kcsan/core/watchpoint_table.h"

namespace kcsan {
namespace core {

extern WatchpointTable g_table;
extern RateLimiter g_rate_limiter;
extern BenignMemory g_benign_memory;
extern Orphans g_orphans;

// The switch for the whole process. Off until the runtime has started.
void SetEnabled(bool enabled);
bool IsEnabled();

// In the child of a fork: the other threads are gone, and with them the owners
// of their watchpoints.
void ResetAfterFork();

// Some ways to make a process pass by the handlers of fork(): _Fork(), clone().
// `mark` is a word, not zero, in memory that such a child finds wiped. Then the
// first access that is looked at there calls hooks.new_process. Null: there is
// no such memory, and it is not found out.
void SetProcessMark(uint32_t* mark);

// In the child, when all is as it has to be there.
void SettleProcess();

// Is this a process that nobody has settled yet? True for one caller only.
bool EnterNewProcess();

}  // namespace core
}  // namespace kcsan

#endif  // KCSAN_CORE_PROCESS_H_
