// SPDX-License-Identifier: Apache-2.0
//
// The older interface of dynamic annotations (Annotate...), which programs and
// Abseil call under __SANITIZE_THREAD__. Those that only help a detector to see
// an order do nothing here, but for the barrier that a release is. Weak: a
// program that brings its own empty ones keeps them.

#include <stddef.h>

#include "kcsan/abi/barrier.h"
#include "kcsan/abi/hook.h"
#include "kcsan/core/benign_memory.h"
#include "kcsan/core/counters.h"
#include "kcsan/core/process.h"

#define KCSAN_ANNOTATION \
  extern "C" __attribute__((visibility("default"), nothrow, used, weak))

namespace kcsan {
namespace abi {

namespace {

void AddBenignMemory(const volatile void* ptr, size_t size) {
  if (!core::AddBenign(&core::g_benign_memory,
                       core::Untag(core::AddressOf(ptr)), size)) {
    core::Count(Counter::benign_memory_full);
  }
}

}  // namespace

// --- An order that needs no telling ------------------------------------------
KCSAN_ANNOTATION void AnnotateHappensBefore(const char*, int,
                                            const volatile void*) {
  PassRelease();
}
KCSAN_ANNOTATION void AnnotateHappensAfter(const char*, int,
                                           const volatile void*) {}
KCSAN_ANNOTATION void AnnotateCondVarSignal(const char*, int,
                                            const volatile void*) {
  PassRelease();
}
KCSAN_ANNOTATION void AnnotateCondVarSignalAll(const char*, int,
                                               const volatile void*) {
  PassRelease();
}
KCSAN_ANNOTATION void AnnotateCondVarWait(const char*, int,
                                          const volatile void*,
                                          const volatile void*) {}
KCSAN_ANNOTATION void AnnotateMutexIsNotPHB(const char*, int,
                                            const volatile void*) {}
KCSAN_ANNOTATION void AnnotateMutexIsUsedAsCondVar(const char*, int,
                                                   const volatile void*) {}
KCSAN_ANNOTATION void AnnotateRWLockCreate(const char*, int,
                                           const volatile void*) {}
KCSAN_ANNOTATION void AnnotateRWLockCreateStatic(const char*, int,
                                                 const volatile void*) {}
KCSAN_ANNOTATION void AnnotateRWLockDestroy(const char*, int,
                                            const volatile void*) {}
KCSAN_ANNOTATION void AnnotateRWLockAcquired(const char*, int,
                                             const volatile void*, long) {}
KCSAN_ANNOTATION void AnnotateRWLockReleased(const char*, int,
                                             const volatile void*, long) {
  PassRelease();
}
KCSAN_ANNOTATION void AnnotatePublishMemoryRange(const char*, int,
                                                 const volatile void*, size_t) {
  PassRelease();
}
KCSAN_ANNOTATION void AnnotateUnpublishMemoryRange(const char*, int,
                                                   const volatile void*,
                                                   size_t) {}
KCSAN_ANNOTATION void AnnotateNewMemory(const char*, int, const volatile void*,
                                        size_t) {}
KCSAN_ANNOTATION void AnnotatePCQCreate(const char*, int,
                                        const volatile void*) {}
KCSAN_ANNOTATION void AnnotatePCQDestroy(const char*, int,
                                         const volatile void*) {}
KCSAN_ANNOTATION void AnnotatePCQPut(const char*, int, const volatile void*) {
  PassRelease();
}
KCSAN_ANNOTATION void AnnotatePCQGet(const char*, int, const volatile void*) {}

// --- What is not to be looked at ---------------------------------------------
// Reads alone cannot be ignored here; a region that asks for it is ignored
// altogether. A missed race is better than one that was declared to be none.
KCSAN_ANNOTATION void AnnotateIgnoreReadsBegin(const char*, int) {
  kcsan_disable_current();
}
KCSAN_ANNOTATION void AnnotateIgnoreReadsEnd(const char*, int) {
  kcsan_enable_current();
}
KCSAN_ANNOTATION void AnnotateIgnoreWritesBegin(const char*, int) {
  kcsan_disable_current();
}
KCSAN_ANNOTATION void AnnotateIgnoreWritesEnd(const char*, int) {
  kcsan_enable_current();
}
KCSAN_ANNOTATION void AnnotateIgnoreSyncBegin(const char*, int) {}
KCSAN_ANNOTATION void AnnotateIgnoreSyncEnd(const char*, int) {}
KCSAN_ANNOTATION void AnnotateBenignRace(const char*, int,
                                         const volatile void* ptr,
                                         const char*) {
  AddBenignMemory(ptr, 1);
}
KCSAN_ANNOTATION void AnnotateBenignRaceSized(const char*, int,
                                              const volatile void* ptr,
                                              size_t size, const char*) {
  AddBenignMemory(ptr, size);
}
KCSAN_ANNOTATION void WTFAnnotateBenignRaceSized(const char*, int,
                                                 const volatile void* ptr,
                                                 size_t size, const char*) {
  AddBenignMemory(ptr, size);
}
KCSAN_ANNOTATION void WTFAnnotateHappensBefore(const char*, int,
                                               const volatile void*) {
  PassRelease();
}
KCSAN_ANNOTATION void WTFAnnotateHappensAfter(const char*, int,
                                              const volatile void*) {}

// --- What concerns other tools -----------------------------------------------
KCSAN_ANNOTATION void AnnotateExpectRace(const char*, int, const volatile void*,
                                         const char*) {}
KCSAN_ANNOTATION void AnnotateFlushExpectedRaces(const char*, int) {}
KCSAN_ANNOTATION void AnnotateFlushState(const char*, int) {}
KCSAN_ANNOTATION void AnnotateEnableRaceDetection(const char*, int, int) {}
KCSAN_ANNOTATION void AnnotateNoOp(const char*, int, const volatile void*) {}
KCSAN_ANNOTATION void AnnotateTraceMemory(const char*, int,
                                          const volatile void*) {}
// The kernel knows a thread's name; reports take it from there.
KCSAN_ANNOTATION void AnnotateThreadName(const char*, int, const char*) {}
KCSAN_ANNOTATION void AnnotateMemoryIsInitialized(const char*, int,
                                                  const volatile void*,
                                                  size_t) {}
KCSAN_ANNOTATION void AnnotateMemoryIsUninitialized(const char*, int,
                                                    const volatile void*,
                                                    size_t) {}
KCSAN_ANNOTATION int RunningOnValgrind() { return 0; }
KCSAN_ANNOTATION double ValgrindSlowdown() { return 1.0; }

}  // namespace abi
}  // namespace kcsan
