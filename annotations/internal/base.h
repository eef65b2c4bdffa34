// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/internal/base.h
// -----------------------------------------------------------------------------
// What annotations and assertions are made of: how to take an object's address
// and text, how to tell the detector of an access, how to silence it. Only for
// headers in annotations/ and assert/. Here, and not in each of them, the four
// modes differ.

#ifndef KCSAN_ANNOTATIONS_INTERNAL_BASE_H_
#define KCSAN_ANNOTATIONS_INTERNAL_BASE_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/checks.h"
#include "kcsan/config.h"

// Always: at -O0 the bodies still must not exist as functions of their own. A
// report then begins in the user's function, and a build with the detector off
// has no symbol of ours. Clang can be asked for no debug information either:
// the code then belongs to the user's line, in a debugger and in the reports of
// other sanitizers.
#ifdef __clang__
#define KCSAN_INTERNAL_INLINE inline __attribute__((always_inline, nodebug))
#else
#define KCSAN_INTERNAL_INLINE inline __attribute__((always_inline))
#endif

// The address of any lvalue, as a `const volatile char*`. Not `&(x)`: for a
// packed field both compilers would warn, and a class may have its own `&`.
// Through char, alignment is no matter, to UBSan neither. A bit-field has no
// address: the compiler says so.
#define KCSAN_INTERNAL_ADDRESS_OF(x) \
  (&reinterpret_cast<const volatile char&>(x))

// Type and alignment of an lvalue, as arguments that a template can deduce them
// from. Not as template arguments: GCC does not take a statement expression,
// such as data_race(), in one. The alignment is that of the expression: 1 for a
// packed field, whatever its type.
#define KCSAN_INTERNAL_TYPE_OF(x) (static_cast<__typeof__(x)*>(nullptr))
#define KCSAN_INTERNAL_ALIGN_OF(x) \
  (static_cast<char(*)[__alignof__(x)]>(nullptr))

// A name for a variable inside a macro. By the counter and not the line:
// several may stand on one line, and one inside another.
#define KCSAN_INTERNAL_CONCAT_(a, b) a##b
#define KCSAN_INTERNAL_CONCAT(a, b) KCSAN_INTERNAL_CONCAT_(a, b)
#define KCSAN_INTERNAL_UNIQUE_NAME() \
  KCSAN_INTERNAL_CONCAT(kcsan_internal_, __COUNTER__)

// The text of an annotation as a function argument. Without a runtime to read
// it, the literal must not even get into the object file. An inline function of
// ours has a name for the thing, but the place would be that of its header.
#if KCSAN_INTERNAL_HAS_RUNTIME()
#define KCSAN_INTERNAL_SITE_ARG(text) KCSAN_INTERNAL_SITE(text)
#define KCSAN_INTERNAL_SITE_WITHOUT_PLACE(text) text "\0\0"
#else
#define KCSAN_INTERNAL_SITE_ARG(text) nullptr
#define KCSAN_INTERNAL_SITE_WITHOUT_PLACE(text) nullptr
#endif

// 1 where plain accesses are instrumented, by whatever sanitizer.
#if KCSAN_INTERNAL_SANITIZE_THREAD() || defined(__SANITIZE_ADDRESS__)
#define KCSAN_INTERNAL_SANITIZED() 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KCSAN_INTERNAL_SANITIZED() 1
#else
#define KCSAN_INTERNAL_SANITIZED() 0
#endif
#else
#define KCSAN_INTERNAL_SANITIZED() 0
#endif

#if KCSAN_INTERNAL_IS_TSAN()
// Of libtsan. Nothing here is ours to document.
extern "C" {
void __tsan_read_range(void* address, unsigned long size);
void __tsan_write_range(void* address, unsigned long size);
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#endif

namespace kcsan {
inline namespace KCSAN_INTERNAL_MODE_TAG {
namespace annotation_internal {

// A type as it is written, kept out of deduction.
template <typename T>
struct Identity {
  using Type = T;
};

// Tells the runtime of an access, where there is a runtime. `type` is made of
// KCSAN_ACCESS_* bits and constant at every call.
KCSAN_INTERNAL_INLINE void Tell([[maybe_unused]] const volatile void* ptr,
                                [[maybe_unused]] size_t size,
                                [[maybe_unused]] int type,
                                [[maybe_unused]] const char* site) {
#if KCSAN_INTERNAL_HAS_RUNTIME()
  kcsan_rt_fast_check(ptr, size, type, site);
#endif
}

// The same for an access that follows in this file's code, and that the
// compiler tells of where it instruments the file.
KCSAN_INTERNAL_INLINE void TellUnlessInstrumented(
    [[maybe_unused]] const volatile void* ptr, [[maybe_unused]] size_t size,
    [[maybe_unused]] int type, [[maybe_unused]] const char* site) {
#if !KCSAN_INTERNAL_IS_INSTRUMENTED()
  Tell(ptr, size, type, site);
#endif
}

// Makes a claim: nobody else writes (or with KCSAN_ACCESS_WRITE, accesses) the
// memory now. ThreadSanitizer knows no claims. It takes a plain access that is
// made up instead: a read conflicts with all writes, a write with everything.
KCSAN_INTERNAL_INLINE void Claim(const volatile void* ptr, size_t size,
                                 int type, const char* site) {
#if KCSAN_INTERNAL_IS_TSAN()
  (void)site;
  if ((type & KCSAN_ACCESS_WRITE) != 0) {
    __tsan_write_range(const_cast<void*>(ptr), size);
  } else {
    __tsan_read_range(const_cast<void*>(ptr), size);
  }
#else
  Tell(ptr, size, type | KCSAN_ACCESS_ASSERT, site);
#endif
}

// For its lifetime, nothing the calling thread does is looked at, by whatever
// detector there is.
class SilenceScope {
 public:
#if KCSAN_INTERNAL_HAS_RUNTIME()
  KCSAN_INTERNAL_INLINE SilenceScope() { kcsan_disable_current(); }
  KCSAN_INTERNAL_INLINE ~SilenceScope() { kcsan_enable_current(); }
#elif KCSAN_INTERNAL_IS_TSAN()
  KCSAN_INTERNAL_INLINE SilenceScope() {
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  }
  KCSAN_INTERNAL_INLINE ~SilenceScope() {
    AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
    AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  }
#else
  // Written out: an unused variable of this type is no reason for a warning.
  KCSAN_INTERNAL_INLINE SilenceScope() {}
  KCSAN_INTERNAL_INLINE ~SilenceScope() {}
#endif
  SilenceScope(const SilenceScope&) = delete;
  SilenceScope& operator=(const SilenceScope&) = delete;
};

}  // namespace annotation_internal
}  // namespace KCSAN_INTERNAL_MODE_TAG
}  // namespace kcsan

#endif  // KCSAN_ANNOTATIONS_INTERNAL_BASE_H_
