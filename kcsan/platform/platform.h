// SPDX-License-Identifier: Apache-2.0
//
// What the runtime needs from the operating system and the CPU. A port is one
// file that defines these functions (linux.cc), and pause.h for the CPU.
// Everything here may be called on a thread that holds a watchpoint: no
// allocation, no locks of the program, errno left as it was.

#ifndef KCSAN_PLATFORM_PLATFORM_H_
#define KCSAN_PLATFORM_PLATFORM_H_

#include <stdint.h>

#include "kcsan/core/hooks.h"

namespace kcsan {
namespace platform {

// Sets every hook that is the platform's business: all but `always_report` and
// `report`. Leaves those as they are.
void FillHooks(core::Hooks* hooks);

// A word that is 1 here and 0 in any child that gets a copy of our memory,
// however it was made. Null if the kernel cannot do so.
uint32_t* MakeProcessMark();

// The ones that other rooms use directly.
int32_t ThreadId();
uint64_t NowNs();
core::SignalMask BlockSignals();
void RestoreSignals(core::SignalMask mask);
void AdmitSignals(core::SignalMask mask);

}  // namespace platform
}  // namespace kcsan

#endif  // KCSAN_PLATFORM_PLATFORM_H_
