// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <unwind.h>

#include "kcsan/platform/unwind.h"

namespace kcsan {
namespace platform {
namespace {

struct Walk {
  uintptr_t first;
  uintptr_t* frames;
  int max_frames;
  int num_frames;
};

_Unwind_Reason_Code OnFrame(_Unwind_Context* context, void* argument) {
  Walk* const walk = static_cast<Walk*>(argument);
  const uintptr_t pc = _Unwind_GetIP(context);
  // Frames above `first` are the runtime's own.
  if (walk->num_frames == 0 && pc != walk->first) return _URC_NO_REASON;
  if (pc == 0 || walk->num_frames == walk->max_frames) {
    return _URC_END_OF_STACK;
  }
  walk->frames[walk->num_frames++] = pc;
  return _URC_NO_REASON;
}

}  // namespace

int Unwind(uintptr_t first, uintptr_t* frames, int max_frames) {
  if (max_frames < 1) return 0;
  const int saved_errno = errno;
  Walk walk = {first, frames, max_frames, 0};
  _Unwind_Backtrace(&OnFrame, &walk);
  errno = saved_errno;
  if (walk.num_frames == 0) {
    // No unwind tables on the way: the one place that is known for certain.
    frames[0] = first;
    walk.num_frames = 1;
  }
  return walk.num_frames;
}

uintptr_t FunctionStart(uintptr_t pc) {
  return reinterpret_cast<uintptr_t>(
      _Unwind_FindEnclosingFunction(reinterpret_cast<void*>(pc)));
}

}  // namespace platform
}  // namespace kcsan
