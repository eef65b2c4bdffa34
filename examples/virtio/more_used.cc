// SPDX-License-Identifier: Apache-2.0
//
// The four ways to write one read. Compare them.

#include "examples/virtio/more_used.h"

#include "kcsan/annotations/data_race.h"
#include "kcsan/annotations/once.h"
#include "kcsan/annotations/virtio.h"
#include "kcsan/checks.h"

// A plain read that the detector is told of, since no compiler instrumentation
// does it here.
#if KCSAN_INSTRUMENTED
#define PLAIN_READ(x) x
#else
#define PLAIN_READ(x) (kcsan_check_read(&x, sizeof(x)), x)
#endif

namespace virtio {
namespace {

uint16_t virtio16_to_cpu(const VirtioDevice* vdev, kcsan::virtio16 value) {
  return value.ToCpu(vdev);
}

uint16_t le16_to_cpu(kcsan::le16 value) { return value.ToCpu(); }

// Spec 2.8.1: in a used descriptor both bits equal the device's wrap counter.
bool IsUsed(uint16_t flags, bool wrap_counter) {
  const bool avail = (flags & (1u << VRING_PACKED_DESC_F_AVAIL)) != 0;
  const bool used = (flags & (1u << VRING_PACKED_DESC_F_USED)) != 0;
  return avail == used && used == wrap_counter;
}

}  // namespace

// Each returns true only after it has seen a write that the device made behind
// a virtio_wmb(). The caller pairs with that by a virtio_rmb() before it looks
// at anything else. noinline: so that the functions stand in a report.

__attribute__((noinline)) bool more_used_split(const SplitVirtqueue* vq) {
  switch (vq->mark) {
    // The compiler may read twice, or keep what it read the last time round.
    case Mark::kPlain:
      return vq->last_used_idx !=
             virtio16_to_cpu(vq->vdev, PLAIN_READ(vq->vring.used->idx));

    // The patch: quiet. But nothing was said to the compiler.
    case Mark::kDataRace:
      return data_race(
          vq->last_used_idx !=
          virtio16_to_cpu(vq->vdev, PLAIN_READ(vq->vring.used->idx)));

    // The review: one read, whole. "On the verge of getting unreadable."
    case Mark::kReadOnce:
      return vq->last_used_idx !=
             virtio16_to_cpu(vq->vdev, READ_ONCE(vq->vring.used->idx));

    // The proposal: the same in one macro.
    case Mark::kVirtioRead:
      return vq->last_used_idx != VIRTIO16_READ(vq->vdev, vq->vring.used->idx);
  }
  return false;
}

// "What happens if you run the same test with the packed format?"
__attribute__((noinline)) bool more_used_packed(const PackedVirtqueue* vq) {
  const kcsan::VringPackedDesc* desc = &vq->vring.desc[vq->last_used_idx];
  switch (vq->mark) {
    case Mark::kPlain:
      return IsUsed(le16_to_cpu(PLAIN_READ(desc->flags)),
                    vq->used_wrap_counter);

    case Mark::kDataRace:
      return data_race(
          IsUsed(le16_to_cpu(PLAIN_READ(desc->flags)), vq->used_wrap_counter));

    case Mark::kReadOnce:
      return IsUsed(le16_to_cpu(READ_ONCE(desc->flags)), vq->used_wrap_counter);

    // Always little-endian: there is no legacy packed ring.
    case Mark::kVirtioRead:
      return IsUsed(LE16_READ(desc->flags), vq->used_wrap_counter);
  }
  return false;
}

}  // namespace virtio
