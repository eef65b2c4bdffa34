// SPDX-License-Identifier: Apache-2.0
//
// -----------------------------------------------------------------------------
// File: kcsan/kcsan.h
// -----------------------------------------------------------------------------
// All that an application needs, in one include: annotations, claims, and the
// runtime's controls. A library that wants little includes the one header that
// it needs instead; nothing else in this repository includes this file.
//
// Compiled with KCSAN_ENABLED=1 (//:kcsan does so with --define=kcsan=on) it
// takes the runtime to link. Without, it is the bare accesses and nothing more.
//
// Not included: kcsan/annotations/virtio_ring_layout.h, which brings a header
// of the kernel's with it.

#ifndef KCSAN_KCSAN_H_
#define KCSAN_KCSAN_H_

#include "kcsan/annotations/atomic_region.h"
#include "kcsan/annotations/barriers.h"
#include "kcsan/annotations/checked.h"
#include "kcsan/annotations/data_race.h"
#include "kcsan/annotations/data_racy.h"
#include "kcsan/annotations/endian.h"
#include "kcsan/annotations/no_kcsan.h"
#include "kcsan/annotations/once.h"
#include "kcsan/annotations/once_memcpy.h"
#include "kcsan/annotations/seqlock.h"
#include "kcsan/annotations/virtio.h"
#include "kcsan/assert/exclusive.h"
#include "kcsan/assert/exclusive_scoped.h"
#include "kcsan/checks.h"
#include "kcsan/config.h"
#include "kcsan/runtime.h"

#endif  // KCSAN_KCSAN_H_
