// SPDX-License-Identifier: Apache-2.0
//
// Tells the CPU that this is a spin loop.

#ifndef KCSAN_PLATFORM_PAUSE_H_
#define KCSAN_PLATFORM_PAUSE_H_

namespace kcsan {
namespace platform {

inline __attribute__((always_inline)) void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#else
  __asm__ __volatile__("");
#endif
}

}  // namespace platform
}  // namespace kcsan

#endif  // KCSAN_PLATFORM_PAUSE_H_
