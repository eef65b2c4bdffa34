// SPDX-License-Identifier: Apache-2.0

#include "kcsan/abi/hook.h"

#include "kcsan/core/check.h"
#include "kcsan/core/context.h"
#include "kcsan/core/quick_check.h"
#include "kcsan/core/slow_path.h"

namespace kcsan {
namespace abi {

namespace {

// Apart, so that what is uneventful saves no registers for it.
KCSAN_SLOW_PATH void LookCloser(const volatile void* ptr, size_t size, int type,
                                uintptr_t pc) {
  core::RunCheck(core::Check{{ptr, size, type, nullptr, pc},
                             core::t_context.access_mask,
                             core::Origin::kCurrent,
                             pc});
}

}  // namespace

void Look(const volatile void* ptr, size_t size, int type,
          uintptr_t pc) noexcept {
  if (core::IsUneventful(ptr, size, type)) return;
  LookCloser(ptr, size, type, pc);
}

}  // namespace abi
}  // namespace kcsan
