// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: kcsan/checks.h
// -----------------------------------------------------------------------------
// The narrow waist: everything that annotations, assertions, compiler hooks and
// user code may ask of the runtime. C and C++. With the detector off, all of it
// is empty (arguments are type-checked and not evaluated), and no symbol of the
// runtime is referenced.
//
// Most programs never include this file; they use kcsan/kcsan.h. A library that
// wants to tell the detector about its own plain accesses needs no more than
// this one.
//
// Names: `kcsan_*` is what users call, and is empty when off. `kcsan_rt_*` are
// the runtime's entry points behind it; they exist only in the runtime.

#ifndef KCSAN_CHECKS_H_
#define KCSAN_CHECKS_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/config.h"

// -----------------------------------------------------------------------------
// Access types
// -----------------------------------------------------------------------------
// An access is described by these bits. 0 is a plain read.
//
//   KCSAN_ACCESS_WRITE     it writes (with COMPOUND: it reads, then writes)
//   KCSAN_ACCESS_COMPOUND  a read-modify-write; always together with WRITE
//   KCSAN_ACCESS_ATOMIC    it is marked: races only with plain accesses
//   KCSAN_ACCESS_ASSERT    not an access, a claim that nobody else accesses
//                          (with WRITE) or writes (without) the memory now
//   KCSAN_ACCESS_SCOPED    the claim holds for a scope; set by the scoped calls

#define KCSAN_ACCESS_WRITE 1
#define KCSAN_ACCESS_COMPOUND 2
#define KCSAN_ACCESS_ATOMIC 4
#define KCSAN_ACCESS_ASSERT 8
#define KCSAN_ACCESS_SCOPED 16

#if KCSAN_INTERNAL_HAS_RUNTIME()

// -----------------------------------------------------------------------------
// Entry points of the runtime. Not for direct use.
// -----------------------------------------------------------------------------

#define KCSAN_INTERNAL_ALWAYS_INLINE inline __attribute__((always_inline))
// nothrow: or every destructor around a call gets an exception table.
#define KCSAN_INTERNAL_CALL __attribute__((nothrow))
#define KCSAN_INTERNAL_COLD __attribute__((cold, noinline, nothrow))
#define KCSAN_INTERNAL_UNLIKELY(x) __builtin_expect(!!(x), 0)

// initial-exec: one %fs-relative access, no call, also in a shared library. A
// library loaded by dlopen() draws on the small static TLS reserve for this.
#define KCSAN_INTERNAL_TLS __thread __attribute__((tls_model("initial-exec")))

// After a call whose return address names the user's code in a report: a tail
// call would lose the function that stands there.
#define KCSAN_INTERNAL_NO_TAIL_CALL() __asm__ __volatile__("")

#ifdef __cplusplus
extern "C" {
#endif

// What the inline fast path touches. All zero is a valid state: the thread's
// first plain access then takes the slow path, where the rest is set up.
struct kcsan_rt_thread_fast {
  // Plain reads [0] and writes [1] left until the runtime is asked whether to
  // watch one. Two counts are two chains of instructions, which run at a time.
  int32_t skip[2];
  // Non-zero: this thread has something that every access must look at (an open
  // scope, a reordered access, a pending kcsan_atomic_next()).
  uint32_t attention;
  // Above zero: kcsan_disable_current() is in force.
  int32_t disable_count;
  // Functions begun since the access that is under way (weak-memory modelling),
  // and not yet left, as the compiler's hooks count. Stale when there is none.
  uint32_t depth;
};

extern KCSAN_INTERNAL_TLS struct kcsan_rt_thread_fast kcsan_rt_thread;

// Bit of kcsan_rt_thread_fast::attention that barriers look at.
#define KCSAN_RT_ATTENTION_REORDER 4u

// Number of watchpoints armed in the process. Almost always 0, and written only
// when one is armed or removed, so that every core keeps the line shared.
extern uint32_t kcsan_rt_armed;

// A claim with a scope. Lives on the stack of the thread that opened it; only
// that thread touches it. Fields belong to the runtime.
struct kcsan_scoped_access {
  struct kcsan_scoped_access* next;
  struct kcsan_scoped_access* previous;
  const volatile void* ptr;
  size_t size;
  uint64_t mask;
  const char* site;
  const void* ip;
  const void* owner;  // the thread that opened it, null when not open
  int type;
};

void kcsan_rt_check(const volatile void* ptr, size_t size, int type,
                    const char* site) KCSAN_INTERNAL_COLD;
void kcsan_rt_assert_bits(const volatile void* ptr, size_t size, uint64_t mask,
                          const char* site) KCSAN_INTERNAL_COLD;
void kcsan_rt_begin_scoped(struct kcsan_scoped_access* scope,
                           const volatile void* ptr, size_t size, int type,
                           uint64_t mask, const char* site) KCSAN_INTERNAL_CALL;
void kcsan_rt_end_scoped(struct kcsan_scoped_access* scope) KCSAN_INTERNAL_CALL;
void kcsan_rt_enable_current(void) KCSAN_INTERNAL_CALL;
void kcsan_rt_nestable_atomic_begin(void) KCSAN_INTERNAL_CALL;
void kcsan_rt_nestable_atomic_end(void) KCSAN_INTERNAL_CALL;
void kcsan_rt_flat_atomic_begin(void) KCSAN_INTERNAL_CALL;
void kcsan_rt_flat_atomic_end(void) KCSAN_INTERNAL_CALL;
void kcsan_rt_atomic_next(int n) KCSAN_INTERNAL_CALL;
void kcsan_rt_bounded_atomic_begin(int n) KCSAN_INTERNAL_CALL;
void kcsan_rt_bounded_atomic_end(int n) KCSAN_INTERNAL_CALL;
void kcsan_rt_set_access_mask(uint64_t mask) KCSAN_INTERNAL_CALL;
void kcsan_rt_mb(void) KCSAN_INTERNAL_COLD;
void kcsan_rt_wmb(void) KCSAN_INTERNAL_COLD;
void kcsan_rt_rmb(void) KCSAN_INTERNAL_COLD;
void kcsan_rt_release(void) KCSAN_INTERNAL_COLD;
// The fast path below, as calls.
void kcsan_rt_tell(const volatile void* ptr, size_t size, int type,
                   const char* site) KCSAN_INTERNAL_CALL;
void kcsan_rt_tell_bits(const volatile void* ptr, size_t size, uint64_t mask,
                        const char* site) KCSAN_INTERNAL_CALL;
void kcsan_rt_disable_begin(void) KCSAN_INTERNAL_CALL;
void kcsan_rt_disable_end(void) KCSAN_INTERNAL_CALL;

#ifdef __cplusplus
}  // extern "C"
#endif

// The fast path. With `type` a constant, as every macro below passes it, this
// is for a marked access: load the armed word, or in the thread's attention
// word, one never-taken branch. For a plain access or a claim: the same after
// one decrement and one never-taken branch.

// Counts one plain access; non-zero when the skips have run out. The builtin
// wraps, so that the subtraction alone sets the flag that the branch needs.
static KCSAN_INTERNAL_ALWAYS_INLINE int kcsan_rt_count_down(int type) {
  int32_t* const skip = &kcsan_rt_thread.skip[type & KCSAN_ACCESS_WRITE];
  (void)__builtin_sub_overflow(*skip, 1, skip);
  return *skip < 0;
}

// Relaxed: a watchpoint seen late is a missed race, never a false one. A stale
// one cannot be seen across synchronisation: its removal comes before that.
static KCSAN_INTERNAL_ALWAYS_INLINE int kcsan_rt_anything_up(void) {
  return (__atomic_load_n(&kcsan_rt_armed, __ATOMIC_RELAXED) |
          kcsan_rt_thread.attention) != 0;
}

#if KCSAN_INTERNAL_IS_INSTRUMENTED()

// Calls: of a fast path in here the compiler would tell as well.
static KCSAN_INTERNAL_ALWAYS_INLINE void kcsan_rt_fast_check(
    const volatile void* ptr, size_t size, int type, const char* site) {
  kcsan_rt_tell(ptr, size, type, site);
  KCSAN_INTERNAL_NO_TAIL_CALL();
}

static KCSAN_INTERNAL_ALWAYS_INLINE void kcsan_rt_fast_assert_bits(
    const volatile void* ptr, size_t size, uint64_t mask, const char* site) {
  kcsan_rt_tell_bits(ptr, size, mask, site);
  KCSAN_INTERNAL_NO_TAIL_CALL();
}

#define KCSAN_INTERNAL_BARRIER(name) kcsan_rt_##name()

#else

// One call for both reasons, so that a line of the program has one return
// address: the rate limiter knows a place by it.
static KCSAN_INTERNAL_ALWAYS_INLINE void kcsan_rt_fast_check(
    const volatile void* ptr, size_t size, int type, const char* site) {
  const int out_of_skips =
      (type & KCSAN_ACCESS_ATOMIC) == 0 ? kcsan_rt_count_down(type) : 0;
  if (KCSAN_INTERNAL_UNLIKELY(out_of_skips) ||
      KCSAN_INTERNAL_UNLIKELY(kcsan_rt_anything_up())) {
    kcsan_rt_check(ptr, size, type, site);
    KCSAN_INTERNAL_NO_TAIL_CALL();
  }
}

static KCSAN_INTERNAL_ALWAYS_INLINE void kcsan_rt_fast_assert_bits(
    const volatile void* ptr, size_t size, uint64_t mask, const char* site) {
  const int out_of_skips = kcsan_rt_count_down(KCSAN_ACCESS_ASSERT);
  if (KCSAN_INTERNAL_UNLIKELY(out_of_skips) ||
      KCSAN_INTERNAL_UNLIKELY(kcsan_rt_anything_up())) {
    kcsan_rt_assert_bits(ptr, size, mask, site);
    KCSAN_INTERNAL_NO_TAIL_CALL();
  }
}

#define KCSAN_INTERNAL_BARRIER(name)                   \
  (KCSAN_INTERNAL_UNLIKELY(kcsan_rt_thread.attention & \
                           KCSAN_RT_ATTENTION_REORDER) \
       ? kcsan_rt_##name()                             \
       : (void)0)

#endif  // KCSAN_INTERNAL_IS_INSTRUMENTED()

#define KCSAN_INTERNAL_CHECK(ptr, size, type, text) \
  kcsan_rt_fast_check((ptr), (size), (type), KCSAN_INTERNAL_SITE(text))

#else  // the runtime is not there

struct kcsan_scoped_access {
  char unused;
};

#define KCSAN_INTERNAL_CHECK(ptr, size, type, text) \
  ((void)sizeof(ptr), (void)sizeof(size), (void)sizeof(type))

#define KCSAN_INTERNAL_BARRIER(name) ((void)0)

#endif  // KCSAN_INTERNAL_HAS_RUNTIME()

// -----------------------------------------------------------------------------
// kcsan_check_read(ptr, size)
// kcsan_check_write(ptr, size)
// kcsan_check_read_write(ptr, size)
// -----------------------------------------------------------------------------
// Tell the detector that this thread is about to make a plain access to the
// `size` bytes at `ptr`: a read, a write, or a read-modify-write. Put the call
// directly before the access.
//
// A told access may be picked as a sample: the thread then stalls for some
// microseconds right here, and any conflicting access of another thread that
// is seen meanwhile, and any change of the value (for 1 to 8 bytes), is a race.
//
// Example:
//
//   struct Stats { long hits; };
//   void Hit(Stats* s) {
//     kcsan_check_read_write(&s->hits, sizeof(s->hits));
//     s->hits++;                      // supposed to be under s's lock
//   }
//
// ptr   any object pointer, also to const or volatile.
// size  bytes. 0 is ignored. More than 8192, or an address below 4096, cannot
//       be watched (counted as `unencodable_accesses`), and only meets the
//       watchpoints of other threads. From 4097 a part of it is watched,
//       another one each time.
//
// Not checked: whether the access then really happens. A told access that never
// happens can be reported.
// In a file that the compiler instruments, plain accesses tell of themselves;
// do not tell twice. Off: nothing. The arguments are not evaluated.
#define kcsan_check_read(ptr, size) KCSAN_INTERNAL_CHECK(ptr, size, 0, #ptr)
#define kcsan_check_write(ptr, size) \
  KCSAN_INTERNAL_CHECK(ptr, size, KCSAN_ACCESS_WRITE, #ptr)
#define kcsan_check_read_write(ptr, size)                                     \
  KCSAN_INTERNAL_CHECK(ptr, size, KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND, \
                       #ptr)

// -----------------------------------------------------------------------------
// kcsan_check_atomic_read(ptr, size)
// kcsan_check_atomic_write(ptr, size)
// kcsan_check_atomic_read_write(ptr, size)
// -----------------------------------------------------------------------------
// The same for a marked access: one that is meant to be concurrent and that the
// compiler may not tear. Never sampled. Reported when it meets the watchpoint
// of a plain access or a claim, so that "marked here, plain there" is found.
//
// Example, for an atomic type of your own:
//
//   int Load(const MyAtomic* a) {
//     kcsan_check_atomic_read(&a->value, sizeof(a->value));
//     return __atomic_load_n(&a->value, __ATOMIC_ACQUIRE);
//   }
//
// READ_ONCE() and its kin do this by themselves.
// With the option ignore_atomics=1 these are not looked at.
// Off: nothing. The arguments are not evaluated.
#define kcsan_check_atomic_read(ptr, size) \
  KCSAN_INTERNAL_CHECK(ptr, size, KCSAN_ACCESS_ATOMIC, #ptr)
#define kcsan_check_atomic_write(ptr, size)                                 \
  KCSAN_INTERNAL_CHECK(ptr, size, KCSAN_ACCESS_ATOMIC | KCSAN_ACCESS_WRITE, \
                       #ptr)
#define kcsan_check_atomic_read_write(ptr, size) \
  KCSAN_INTERNAL_CHECK(                          \
      ptr, size,                                 \
      KCSAN_ACCESS_ATOMIC | KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND, #ptr)

// -----------------------------------------------------------------------------
// kcsan_disable_current()
// kcsan_enable_current()
// -----------------------------------------------------------------------------
// Between the two, nothing that the calling thread does is watched or reported.
// They nest. Accesses of other threads are not affected, and a write made in
// here still changes the value under another thread's watchpoint: that thread
// reports a race of unknown origin.
//
// Example:
//
//   kcsan_disable_current();
//   DumpEverythingWithoutLocks();
//   kcsan_enable_current();
//
// For one expression use data_race(); it cannot be left unbalanced.
//
// Errors: an enable without its disable changes nothing and is counted as
// `unbalanced_calls`.
// Off: nothing.

// -----------------------------------------------------------------------------
// kcsan_nestable_atomic_begin() / kcsan_nestable_atomic_end()
// kcsan_flat_atomic_begin()     / kcsan_flat_atomic_end()
// kcsan_bounded_atomic_begin(n) / kcsan_bounded_atomic_end(n)
// kcsan_atomic_next(n)
// -----------------------------------------------------------------------------
// Make plain accesses of the calling thread count as marked: all in a region
// that may nest, all in a region that may not (a second begin is the same
// region), or the next `n` (0 ends a count that is running). A bounded region
// ends after `n` plain accesses if its end does not come before. It may nest,
// also in a signal handler; what stands in the inner one counts for the outer
// one, too. Begin and end are told the same `n`.
// See annotations/atomic_region.h for when to use them and for RAII forms.
//
// Errors: an end without its begin changes nothing and is counted as
// `unbalanced_calls` (but of a bounded region: it may be over). A negative n
// counts as 0.
// Not checked: that the accesses are indeed atomic.
// Off: nothing.

// -----------------------------------------------------------------------------
// kcsan_set_access_mask(mask)
// -----------------------------------------------------------------------------
// Until set to 0 again, accesses of the calling thread that are sampled report
// only changes of the bits in `mask` (bits of the value as read from memory, at
// most 8 bytes), and accesses that meet another's watchpoint are not reported.
//
// Example:
//
//   kcsan_set_access_mask(kOwnedBits);
//   kcsan_check_read(&flags, sizeof(flags));
//   kcsan_set_access_mask(0);
//
// ASSERT_EXCLUSIVE_BITS() is the usual way to say this.
// Off: nothing. The argument is not evaluated.

#if KCSAN_INTERNAL_HAS_RUNTIME()

#if KCSAN_INTERNAL_IS_INSTRUMENTED()
#define kcsan_disable_current() kcsan_rt_disable_begin()
#define kcsan_enable_current() kcsan_rt_disable_end()
#else
static KCSAN_INTERNAL_ALWAYS_INLINE void kcsan_disable_current(void) {
  kcsan_rt_thread.disable_count++;
  // Keeps the compiler from moving the silenced accesses out of the region; the
  // count is this thread's own, so no CPU barrier.
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static KCSAN_INTERNAL_ALWAYS_INLINE void kcsan_enable_current(void) {
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  if (KCSAN_INTERNAL_UNLIKELY(--kcsan_rt_thread.disable_count < 0)) {
    kcsan_rt_enable_current();  // puts it back, and counts the error
  }
}
#endif

#define kcsan_nestable_atomic_begin() kcsan_rt_nestable_atomic_begin()
#define kcsan_nestable_atomic_end() kcsan_rt_nestable_atomic_end()
#define kcsan_flat_atomic_begin() kcsan_rt_flat_atomic_begin()
#define kcsan_flat_atomic_end() kcsan_rt_flat_atomic_end()
#define kcsan_bounded_atomic_begin(n) kcsan_rt_bounded_atomic_begin(n)
#define kcsan_bounded_atomic_end(n) kcsan_rt_bounded_atomic_end(n)
#define kcsan_atomic_next(n) kcsan_rt_atomic_next(n)
#define kcsan_set_access_mask(mask) kcsan_rt_set_access_mask(mask)

#else

#define kcsan_disable_current() ((void)0)
#define kcsan_enable_current() ((void)0)
#define kcsan_nestable_atomic_begin() ((void)0)
#define kcsan_nestable_atomic_end() ((void)0)
#define kcsan_flat_atomic_begin() ((void)0)
#define kcsan_flat_atomic_end() ((void)0)
#define kcsan_bounded_atomic_begin(n) ((void)sizeof(n))
#define kcsan_bounded_atomic_end(n) ((void)sizeof(n))
#define kcsan_atomic_next(n) ((void)sizeof(n))
#define kcsan_set_access_mask(mask) ((void)sizeof(mask))

#endif  // KCSAN_INTERNAL_HAS_RUNTIME()

#endif  // KCSAN_CHECKS_H_
