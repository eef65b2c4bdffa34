// SPDX-License-Identifier: Apache-2.0
//
// A report is data first: what the core knows of a race, with nothing named and
// nothing worded. The report room turns it into text; a handler installed from
// C++ sees it as it is.

#ifndef KCSAN_CORE_RACE_REPORT_H_
#define KCSAN_CORE_RACE_REPORT_H_

#include <stddef.h>
#include <stdint.h>

#include "kcsan/core/definitions.h"

namespace kcsan {

// One side of a race.
struct AccessRecord {
  uintptr_t address;
  size_t size;
  int type;  // KCSAN_ACCESS_* bits
  // The access stood earlier in its function and was modelled as delayed.
  bool reordered;
  // Where the thread had come to meanwhile; 0 unless `reordered`.
  uintptr_t reordered_to;
  // It was made by a signal handler that ran on the other side's thread.
  bool in_signal_handler;
  int32_t thread_id;
  int32_t cpu;  // -1: not known
  char thread_name[kThreadNameSize];
  // Text of the annotation, "expression\0file\0line", or null. Points into the
  // program's own read-only data.
  const char* site;
  // Return addresses, innermost first, beginning in user code.
  int num_frames;
  uintptr_t frames[kMaxFrames];
};

struct RaceReport {
  // True: `other` was seen. False: the value changed and nobody was seen
  // ("unknown origin"), and `other` is all zero.
  bool origin_known;
  // The access that was watched.
  AccessRecord watcher;
  // The access that met the watchpoint.
  AccessRecord other;
  // Bytes of the value that was compared, 1 to 8; 0 when none was (larger
  // accesses, reordered accesses).
  int value_size;
  uint64_t old_value;
  uint64_t new_value;
  // Non-zero: only these bits were compared.
  uint64_t mask;
  uint64_t time_ns;  // CLOCK_MONOTONIC
};

}  // namespace kcsan

#endif  // KCSAN_CORE_RACE_REPORT_H_
