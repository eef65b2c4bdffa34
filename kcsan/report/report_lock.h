// SPDX-License-Identifier: Apache-2.0
//
// One report at a time: their memory is one, and two texts must not mix. Not a
// mutex of the program's libraries: those may be the thing that is broken.

#ifndef KCSAN_REPORT_REPORT_LOCK_H_
#define KCSAN_REPORT_REPORT_LOCK_H_

#include <stdint.h>

#include "kcsan/core/hooks.h"

namespace kcsan {
namespace report {

// A report takes milliseconds; the first, which reads debug information, more.
enum : uint64_t { kReportPatienceNs = uint64_t{10} * 1000 * 1000 * 1000 };

// Takes the lock, unless that takes longer than `patience_ns` (a thread can be
// stopped while it holds it) or the calling thread has it already (it is in a
// report handler). Keeps off the thread, in any case, what could end it or come
// back into here: signal handlers and cancellation.
class ReportLock {
 public:
  explicit ReportLock(uint64_t patience_ns);
  ~ReportLock();
  ReportLock(const ReportLock&) = delete;
  ReportLock& operator=(const ReportLock&) = delete;

  bool is_held() const { return is_held_; }

 private:
  const core::SignalMask mask_;
  const bool is_held_;
};

// Around fork(), on the thread that forks. Naming the functions of a report
// takes a lock of the loader's; a child that was forked meanwhile would have
// that lock held for ever, and could neither report nor dlopen(). In the child
// nobody holds the report lock afterwards, whoever did before.
void LockForFork();
void UnlockAfterForkInParent();
void UnlockAfterForkInChild();

// In a child that was made without those: takes it from whoever held it.
void FreeReportLock();

}  // namespace report
}  // namespace kcsan

#endif  // KCSAN_REPORT_REPORT_LOCK_H_
