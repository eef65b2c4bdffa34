// SPDX-License-Identifier: Apache-2.0
//
// A lock as another library has it: not instrumented, and without annotation.

#ifndef KCSAN_TESTS_INSTRUMENTED_FOREIGN_LOCK_LIBRARY_H_
#define KCSAN_TESTS_INSTRUMENTED_FOREIGN_LOCK_LIBRARY_H_

class ForeignLock {
 public:
  void Lock();
  void Unlock();

 private:
  int taken_ = 0;
};

#endif  // KCSAN_TESTS_INSTRUMENTED_FOREIGN_LOCK_LIBRARY_H_
