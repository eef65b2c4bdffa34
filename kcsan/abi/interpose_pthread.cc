// SPDX-License-Identifier: Apache-2.0
//
// The synchronisation of the C library, as far as it releases: an access that
// weak_memory=1 models as still under way is over when a lock is given up, a
// thread started, a waiter woken. Nothing else is done here, and nothing is
// needed for races as such.
//
// These definitions take the place of libc's for the whole process, also for
// calls from within libstdc++ (std::thread, std::condition_variable). For
// programs that are linked dynamically; a static one has no second definition
// to go on to, and has to keep weak_memory=0.

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <threads.h>
#include <time.h>

#include "kcsan/abi/barrier.h"
#include "kcsan/abi/hook.h"

namespace kcsan {
namespace abi {
namespace {

// The C library's own definition, behind ours. Condition variables have two
// there, and without a version the loader may give the older, which is another
// type's.
template <typename Function>
Function* FindReal(const char* name, const char* version, Function** cache) {
  Function* real = __atomic_load_n(cache, __ATOMIC_RELAXED);
  if (KCSAN_LIKELY(real != nullptr)) return real;
  void* found = version != nullptr ? dlvsym(RTLD_NEXT, name, version) : nullptr;
  if (found == nullptr) found = dlsym(RTLD_NEXT, name);
  real = reinterpret_cast<Function*>(found);
  // Relaxed: whoever comes at the same time finds the same.
  __atomic_store_n(cache, real, __ATOMIC_RELAXED);
  return real;
}

// Takes the place of `name`: a barrier, then the C library's own. The last
// argument is how the header declares it, noexcept or not.
#define KCSAN_RELEASING(Return, name, version, parameters, arguments, ...) \
  extern "C" __attribute__((visibility("default")))                        \
  Return name parameters __VA_ARGS__ {                                     \
    static Return(*real) parameters __VA_ARGS__;                           \
    PassFence(__ATOMIC_SEQ_CST);                                           \
    return FindReal(#name, version, &real) arguments;                      \
  }

#if defined(__x86_64__)
constexpr const char* kCondVersion = "GLIBC_2.3.2";
#else
constexpr const char* kCondVersion = nullptr;
#endif

}  // namespace

KCSAN_RELEASING(int, pthread_create, nullptr,
                (pthread_t * thread, const pthread_attr_t* attributes,
                 void* (*run)(void*), void* argument),
                (thread, attributes, run, argument), noexcept)

KCSAN_RELEASING(int, pthread_mutex_unlock, nullptr, (pthread_mutex_t * mutex),
                (mutex), noexcept)
KCSAN_RELEASING(int, pthread_rwlock_unlock, nullptr, (pthread_rwlock_t * lock),
                (lock), noexcept)
KCSAN_RELEASING(int, pthread_spin_unlock, nullptr, (pthread_spinlock_t * lock),
                (lock), noexcept)

KCSAN_RELEASING(int, pthread_cond_wait, kCondVersion,
                (pthread_cond_t * condition, pthread_mutex_t* mutex),
                (condition, mutex), )
KCSAN_RELEASING(int, pthread_cond_timedwait, kCondVersion,
                (pthread_cond_t * condition, pthread_mutex_t* mutex,
                 const timespec* deadline),
                (condition, mutex, deadline), )
KCSAN_RELEASING(int, pthread_cond_clockwait, nullptr,
                (pthread_cond_t * condition, pthread_mutex_t* mutex,
                 clockid_t clock, const timespec* deadline),
                (condition, mutex, clock, deadline), )
KCSAN_RELEASING(int, pthread_cond_signal, kCondVersion,
                (pthread_cond_t * condition), (condition), noexcept)
KCSAN_RELEASING(int, pthread_cond_broadcast, kCondVersion,
                (pthread_cond_t * condition), (condition), noexcept)

KCSAN_RELEASING(int, pthread_barrier_wait, nullptr,
                (pthread_barrier_t * barrier), (barrier), noexcept)
KCSAN_RELEASING(int, pthread_join, nullptr, (pthread_t thread, void** result),
                (thread, result), )
KCSAN_RELEASING(int, sem_post, nullptr, (sem_t * semaphore), (semaphore),
                noexcept)

KCSAN_RELEASING(int, thrd_create, nullptr,
                (thrd_t * thread, thrd_start_t run, void* argument),
                (thread, run, argument), )
KCSAN_RELEASING(int, mtx_unlock, nullptr, (mtx_t * mutex), (mutex), )
KCSAN_RELEASING(int, cnd_wait, nullptr, (cnd_t * condition, mtx_t* mutex),
                (condition, mutex), )
KCSAN_RELEASING(int, cnd_timedwait, nullptr,
                (cnd_t * condition, mtx_t* mutex, const timespec* deadline),
                (condition, mutex, deadline), )
KCSAN_RELEASING(int, cnd_signal, nullptr, (cnd_t * condition), (condition), )
KCSAN_RELEASING(int, cnd_broadcast, nullptr, (cnd_t * condition), (condition), )

}  // namespace abi
}  // namespace kcsan
