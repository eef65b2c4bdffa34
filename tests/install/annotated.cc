// SPDX-License-Identifier: Apache-2.0
//
// An annotated program, for pkg-config: any compiler, no instrumentation.

#include <kcsan/kcsan.h>

#include <thread>

int main() {
  static long counter;
  const auto count = [] {
    while (kcsan::ReportCount() == 0) {
      kcsan_check_read_write(&counter, sizeof(counter));
      __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
    }
  };
  std::thread first(count), second(count);
  first.join();
  second.join();
}
