// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/internal/fences.h
// -----------------------------------------------------------------------------
// The barriers of barriers.h, as functions. Only for headers in annotations/.

#ifndef KCSAN_ANNOTATIONS_INTERNAL_FENCES_H_
#define KCSAN_ANNOTATIONS_INTERNAL_FENCES_H_

#include "kcsan/annotations/internal/base.h"
#include "kcsan/checks.h"
#include "kcsan/config.h"

// KCSAN_INTERNAL_FENCE_*: the CPU's and the compiler's part. By inline assembly
// where accesses are instrumented: GCC's -Wtsan refuses the fence builtins
// there, and our own runtime would take their memory order for that of a
// stronger barrier.
#if defined(__aarch64__)
#define KCSAN_INTERNAL_ASM_MB() __asm__ __volatile__("dmb ish" ::: "memory")
#define KCSAN_INTERNAL_ASM_RMB() __asm__ __volatile__("dmb ishld" ::: "memory")
#define KCSAN_INTERNAL_ASM_WMB() __asm__ __volatile__("dmb ish" ::: "memory")
#define KCSAN_INTERNAL_FENCE_DMA_RMB() \
  __asm__ __volatile__("dmb oshld" ::: "memory")
#define KCSAN_INTERNAL_FENCE_DMA_WMB() \
  __asm__ __volatile__("dmb oshst" ::: "memory")
// dsb: a device also has to have seen it, not only to see it in order.
#define KCSAN_INTERNAL_FENCE_SYSTEM_MB() \
  __asm__ __volatile__("dsb sy" ::: "memory")
#elif defined(__x86_64__)
// Loads are not reordered with loads, nor stores with stores, so only the
// compiler has to be stopped, and only the full barrier has an instruction.
#define KCSAN_INTERNAL_ASM_MB() __asm__ __volatile__("mfence" ::: "memory")
#define KCSAN_INTERNAL_ASM_RMB() __asm__ __volatile__("" ::: "memory")
#define KCSAN_INTERNAL_ASM_WMB() __asm__ __volatile__("" ::: "memory")
#define KCSAN_INTERNAL_FENCE_DMA_RMB() __asm__ __volatile__("" ::: "memory")
#define KCSAN_INTERNAL_FENCE_DMA_WMB() __asm__ __volatile__("" ::: "memory")
#define KCSAN_INTERNAL_FENCE_SYSTEM_MB() \
  __asm__ __volatile__("mfence" ::: "memory")
#else
#error "kcsan/annotations/barriers.h knows x86-64 and aarch64 only."
#endif

#if KCSAN_INTERNAL_SANITIZE_THREAD()
#define KCSAN_INTERNAL_FENCE_MB() KCSAN_INTERNAL_ASM_MB()
#define KCSAN_INTERNAL_FENCE_RMB() KCSAN_INTERNAL_ASM_RMB()
#define KCSAN_INTERNAL_FENCE_WMB() KCSAN_INTERNAL_ASM_WMB()
#else
#define KCSAN_INTERNAL_FENCE_MB() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define KCSAN_INTERNAL_FENCE_RMB() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define KCSAN_INTERNAL_FENCE_WMB() __atomic_thread_fence(__ATOMIC_RELEASE)
#endif

namespace kcsan {
inline namespace KCSAN_INTERNAL_MODE_TAG {
namespace annotation_internal {

KCSAN_INTERNAL_INLINE void SmpMb() {
  KCSAN_INTERNAL_BARRIER(mb);
  KCSAN_INTERNAL_FENCE_MB();
}
KCSAN_INTERNAL_INLINE void SmpRmb() {
  KCSAN_INTERNAL_BARRIER(rmb);
  KCSAN_INTERNAL_FENCE_RMB();
}
KCSAN_INTERNAL_INLINE void SmpWmb() {
  KCSAN_INTERNAL_BARRIER(wmb);
  KCSAN_INTERNAL_FENCE_WMB();
}
KCSAN_INTERNAL_INLINE void DmaRmb() {
  KCSAN_INTERNAL_BARRIER(rmb);
  KCSAN_INTERNAL_FENCE_DMA_RMB();
}
KCSAN_INTERNAL_INLINE void DmaWmb() {
  KCSAN_INTERNAL_BARRIER(wmb);
  KCSAN_INTERNAL_FENCE_DMA_WMB();
}

KCSAN_INTERNAL_INLINE void VirtioMb(bool weak_barriers) {
  KCSAN_INTERNAL_BARRIER(mb);
  if (weak_barriers) {
    KCSAN_INTERNAL_FENCE_MB();
  } else {
    KCSAN_INTERNAL_FENCE_SYSTEM_MB();
  }
}
KCSAN_INTERNAL_INLINE void VirtioRmb(bool weak_barriers) {
  if (weak_barriers) {
    SmpRmb();
  } else {
    DmaRmb();
  }
}
KCSAN_INTERNAL_INLINE void VirtioWmb(bool weak_barriers) {
  if (weak_barriers) {
    SmpWmb();
  } else {
    DmaWmb();
  }
}

}  // namespace annotation_internal
}  // namespace KCSAN_INTERNAL_MODE_TAG
}  // namespace kcsan

#endif  // KCSAN_ANNOTATIONS_INTERNAL_FENCES_H_
