// SPDX-License-Identifier: Apache-2.0
//
// What a library that brings its own synchronisation tells ThreadSanitizer
// (<sanitizer/tsan_interface.h>): Abseil, folly, libstdc++ and others do when
// they are compiled with -fsanitize=thread. Nothing here has to be told for a
// race to be found or not, since overlap in time is what counts. What is left
// of it: a release is a barrier, and the inside of a mutex is nobody's
// business.

#include "kcsan/abi/barrier.h"
#include "kcsan/abi/hook.h"

namespace kcsan {
namespace abi {
namespace {

KCSAN_FAST_PATH void BeginIgnore() { kcsan_disable_current(); }
KCSAN_FAST_PATH void EndIgnore() { kcsan_enable_current(); }

}  // namespace

KCSAN_HOOK void __tsan_acquire(void*) {}
KCSAN_HOOK void __tsan_release(void*) { PassRelease(); }

KCSAN_HOOK void __tsan_mutex_create(void*, unsigned) {}
KCSAN_HOOK void __tsan_mutex_destroy(void*, unsigned) {}

KCSAN_HOOK void __tsan_mutex_pre_lock(void*, unsigned) { BeginIgnore(); }
KCSAN_HOOK void __tsan_mutex_post_lock(void*, unsigned, int) { EndIgnore(); }
// Returns the recursion count, for unlocks of all levels at once.
KCSAN_HOOK int __tsan_mutex_pre_unlock(void*, unsigned) {
  PassRelease();
  BeginIgnore();
  return 0;
}
KCSAN_HOOK void __tsan_mutex_post_unlock(void*, unsigned) { EndIgnore(); }
KCSAN_HOOK void __tsan_mutex_pre_signal(void*, unsigned) {
  PassRelease();
  BeginIgnore();
}
KCSAN_HOOK void __tsan_mutex_post_signal(void*, unsigned) { EndIgnore(); }
// From inside a mutex to the user's code (a condition, say) and back.
KCSAN_HOOK void __tsan_mutex_pre_divert(void*, unsigned) { EndIgnore(); }
KCSAN_HOOK void __tsan_mutex_post_divert(void*, unsigned) { BeginIgnore(); }

KCSAN_HOOK void __tsan_ignore_thread_begin() { BeginIgnore(); }
KCSAN_HOOK void __tsan_ignore_thread_end() { EndIgnore(); }

// Accesses of another language's runtime, each with a tag of its own there.
KCSAN_HOOK void* __tsan_external_register_tag(const char*) { return nullptr; }
KCSAN_HOOK void __tsan_external_register_header(void*, const char*) {}
KCSAN_HOOK void __tsan_external_assign_tag(void*, void*) {}
KCSAN_HOOK void __tsan_external_read(void* ptr, void*, void*) {
  Tell(ptr, 1, 0, KCSAN_HOOK_PC());
}
KCSAN_HOOK void __tsan_external_write(void* ptr, void*, void*) {
  Tell(ptr, 1, KCSAN_ACCESS_WRITE, KCSAN_HOOK_PC());
}

// There is no shadow memory to flush.
KCSAN_HOOK void __tsan_flush_memory() {}

}  // namespace abi
}  // namespace kcsan
