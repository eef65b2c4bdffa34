// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: annotations/barriers.h
// -----------------------------------------------------------------------------
// Memory barriers under the names of the kernel: between threads (smp_*), to a
// device (dma_*), and for virtio, where it depends on the other side which of
// the two it takes. For code that orders marked accesses. A barrier without its
// partner on the other side orders nothing, so name the partner in a comment.
//
//   this side           pairs with, on the other side
//   smp_store_release   smp_load_acquire
//   smp_wmb             smp_rmb, smp_load_acquire
//   smp_mb              smp_mb
//
// They become the weakest C++ fence that is right:
//
//   name      C++ fence   x86-64           aarch64
//   smp_mb    seq_cst     locked or mfence dmb ish
//   smp_rmb   acquire     no instruction   dmb ishld
//   smp_wmb   release     no instruction   dmb ish
//   dma_rmb   -           no instruction   dmb oshld
//   dma_wmb   -           no instruction   dmb oshst
//
// To the detector a barrier says that earlier accesses are over. That matters
// to weak-memory modelling (option weak_memory=1) and to nothing else.
//
// ThreadSanitizer does not understand fences: data that is published by
// smp_wmb() and a marked store looks unordered to it. Code that is to be clean
// there uses smp_store_release() and smp_load_acquire(), which it understands.
//
// There is no smp_mb__before_atomic() and no smp_mb__after_atomic(): they
// belong to the kernel's atomics. C++ atomics carry their order in their own
// argument.

#ifndef KCSAN_ANNOTATIONS_BARRIERS_H_
#define KCSAN_ANNOTATIONS_BARRIERS_H_

#include <type_traits>

#include "kcsan/annotations/internal/base.h"
#include "kcsan/annotations/internal/fences.h"
#include "kcsan/annotations/internal/raw_access.h"
#include "kcsan/annotations/once.h"
#include "kcsan/checks.h"
#include "kcsan/config.h"

// -----------------------------------------------------------------------------
// smp_mb()   smp_rmb()   smp_wmb()
// -----------------------------------------------------------------------------
// Order this thread's marked accesses before it with those after it: all with
// all, reads with reads, writes with writes.
//
// Example:
//
//   int data_word, ready_flag;
//   void Produce() {
//     WRITE_ONCE(data_word, 42);
//     smp_wmb();  // pairs with smp_rmb() in Consume()
//     WRITE_ONCE(ready_flag, 1);
//   }
//   int Consume() {
//     while (READ_ONCE(ready_flag) == 0) {
//     }
//     smp_rmb();  // pairs with smp_wmb() in Produce()
//     return READ_ONCE(data_word);
//   }
//
// Not checked: whether there is a partner.
// Off: the fence alone.
#define KCSAN_SMP_MB() ::kcsan::annotation_internal::SmpMb()
#define KCSAN_SMP_RMB() ::kcsan::annotation_internal::SmpRmb()
#define KCSAN_SMP_WMB() ::kcsan::annotation_internal::SmpWmb()

// -----------------------------------------------------------------------------
// smp_store_release(p, v)   smp_load_acquire(p)
// -----------------------------------------------------------------------------
// Publish and pick up: all that came before the store is seen by all that comes
// after a load that reads it. Marked accesses to *p. The store has no value.
//
// Example:
//
//   struct Message {
//     int length;
//   };
//   Message* mailbox;
//   void Send(Message* message) {
//     message->length = 3;                   // plain: not shared yet
//     smp_store_release(&mailbox, message);  // pairs with Receive()
//   }
//   int Receive() {
//     const Message* message = smp_load_acquire(&mailbox);
//     return message == nullptr ? 0 : message->length;
//   }
//
// p  pointer to an object as for READ_ONCE(), aligned to its size.
// v  as for WRITE_ONCE().
//
// Off: a volatile release store, a volatile acquire load.
// Errors: a size or type that READ_ONCE() does not take, and a type that is
// less aligned than its size, do not compile.
#define KCSAN_SMP_STORE_RELEASE(p, ...) \
  KCSAN_INTERNAL_STORE_RELEASE(p, #p, __VA_ARGS__)
#define KCSAN_SMP_LOAD_ACQUIRE(p) KCSAN_INTERNAL_LOAD_ACQUIRE(p, #p)

// -----------------------------------------------------------------------------
// smp_store_mb(x, v)
// -----------------------------------------------------------------------------
// WRITE_ONCE(x, v), then smp_mb(): say something, then look whether
// the other side said something. Each side of such a meeting needs it.
//
// Example:
//
//   bool sleeping, work;
//   bool MaySleep() {
//     smp_store_mb(sleeping, true);  // pairs with smp_mb() in Wake()
//     return !READ_ONCE(work);
//   }
//   bool Wake() {
//     WRITE_ONCE(work, true);
//     smp_mb();  // pairs with smp_store_mb() in MaySleep()
//     return READ_ONCE(sleeping);
//   }
//
// Off: a volatile relaxed store and the fence.
#define KCSAN_SMP_STORE_MB(x, ...) KCSAN_INTERNAL_STORE_MB(x, #x, __VA_ARGS__)

// -----------------------------------------------------------------------------
// dma_rmb()   dma_wmb()
// -----------------------------------------------------------------------------
// As smp_rmb() and smp_wmb(), towards a device that reads and writes this
// memory by itself and not through the CPUs' caches.
//
// Example:
//
//   struct Descriptor {
//     unsigned long address;
//     unsigned owned_by_device;
//   };
//   void Give(Descriptor* descriptor, unsigned long address) {
//     WRITE_ONCE(descriptor->address, address);
//     dma_wmb();  // the device reads the address only after the owner
//     WRITE_ONCE(descriptor->owned_by_device, 1u);
//   }
//
// Off: the barrier alone.
#define KCSAN_DMA_RMB() ::kcsan::annotation_internal::DmaRmb()
#define KCSAN_DMA_WMB() ::kcsan::annotation_internal::DmaWmb()

// -----------------------------------------------------------------------------
// virtio_mb(weak_barriers)         virtio_rmb(weak_barriers)
// virtio_wmb(weak_barriers)        virtio_store_mb(weak_barriers, p, v)
// -----------------------------------------------------------------------------
// Barriers of a virtqueue. `weak_barriers` says that the device is software on
// another CPU (a hypervisor, a thread, another process): then smp_* will do.
// Otherwise it is hardware (VIRTIO_F_ORDER_PLATFORM), and it takes dma_* or a
// full barrier to the system. The last one is WRITE_ONCE(*p, v) and
// virtio_mb().
//
// Example:
//
//   struct Virtqueue {
//     bool weak_barriers;
//     unsigned short avail_idx;
//   };
//   void Expose(Virtqueue* vq, unsigned short idx) {
//     virtio_wmb(vq->weak_barriers);  // descriptors before the index
//     WRITE_ONCE(vq->avail_idx, idx);
//   }
//
// Off: the barrier alone.
#define KCSAN_VIRTIO_MB(weak_barriers) \
  ::kcsan::annotation_internal::VirtioMb(weak_barriers)
#define KCSAN_VIRTIO_RMB(weak_barriers) \
  ::kcsan::annotation_internal::VirtioRmb(weak_barriers)
#define KCSAN_VIRTIO_WMB(weak_barriers) \
  ::kcsan::annotation_internal::VirtioWmb(weak_barriers)
#define KCSAN_VIRTIO_STORE_MB(weak_barriers, p, ...) \
  KCSAN_INTERNAL_VIRTIO_STORE_MB(weak_barriers, p, #p, __VA_ARGS__)

// -----------------------------------------------------------------------------
// Implementation
// -----------------------------------------------------------------------------

#define KCSAN_INTERNAL_STORE_RELEASE(p, text, ...) \
  ::kcsan::annotation_internal::StoreRelease(      \
      (p), KCSAN_INTERNAL_SITE_ARG(text), __VA_ARGS__)
#define KCSAN_INTERNAL_LOAD_ACQUIRE(p, text) \
  ::kcsan::annotation_internal::LoadAcquire((p), KCSAN_INTERNAL_SITE_ARG(text))
#define KCSAN_INTERNAL_STORE_MB(x, text, ...) \
  (KCSAN_INTERNAL_WRITE_ONCE(x, text, __VA_ARGS__), KCSAN_SMP_MB())
#define KCSAN_INTERNAL_VIRTIO_STORE_MB(weak_barriers, p, text, ...) \
  (KCSAN_INTERNAL_WRITE_ONCE(*(p), text, __VA_ARGS__),              \
   KCSAN_VIRTIO_MB(weak_barriers))

namespace kcsan {
inline namespace KCSAN_INTERNAL_MODE_TAG {
namespace annotation_internal {

template <typename T>
constexpr bool IsReleaseType() {
  constexpr bool kAligned = alignof(T) >= sizeof(T) || !IsOnceType<T>();
  static_assert(kAligned,
                "smp_store_release/smp_load_acquire: the type must be aligned "
                "to its size, or no machine accesses it in one piece with the "
                "order asked for. Give it alignas().");
  return kAligned && IsOnceType<T>();
}

template <typename X>
KCSAN_INTERNAL_INLINE void StoreRelease(
    X* ptr, const char* site,
    typename Identity<std::remove_cv_t<X>>::Type value) {
  using T = std::remove_cv_t<X>;
  static_assert(!std::is_const_v<X>, "smp_store_release: the object is const.");
  if constexpr (IsReleaseType<T>() && !std::is_const_v<X>) {
    // The check comes first: it may itself be delayed by a stall, and what the
    // barrier ends is over only after that.
    TellUnlessInstrumented(ptr, sizeof(T),
                           KCSAN_ACCESS_ATOMIC | KCSAN_ACCESS_WRITE, site);
    KCSAN_INTERNAL_BARRIER(release);
    StoreOnce<T, alignof(T), __ATOMIC_RELEASE>(ptr, value);
  }
}

template <typename X>
KCSAN_INTERNAL_INLINE std::decay_t<X> LoadAcquire(X* ptr, const char* site) {
  using T = std::remove_cv_t<X>;
  if constexpr (IsReleaseType<T>()) {
    TellUnlessInstrumented(ptr, sizeof(T), KCSAN_ACCESS_ATOMIC, site);
    return LoadOnce<T, alignof(T), __ATOMIC_ACQUIRE>(ptr);
  }
}

}  // namespace annotation_internal
}  // namespace KCSAN_INTERNAL_MODE_TAG
}  // namespace kcsan

#include "kcsan/annotations/short_names.inc"

#endif  // KCSAN_ANNOTATIONS_BARRIERS_H_
