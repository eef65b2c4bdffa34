// SPDX-License-Identifier: Apache-2.0
//
// first_race.cc with the lock that it lacks. The accesses stay plain: a lock is
// what makes them safe, and plain is what lets the detector notice if somebody
// forgets it.
//
//   ./bazelw run //examples:first_race_fixed
//
// prints no report, and exits with status 0.

#include <cstdio>
#include <mutex>
#include <thread>

#include "kcsan/kcsan.h"

std::mutex balance_mutex;
long balance = 0;  // under balance_mutex

void Deposit() {
  for (int i = 0; i < 100000; ++i) {
    const std::lock_guard<std::mutex> lock(balance_mutex);
    kcsan_check_read_write(&balance, sizeof(balance));
    balance += 1;
  }
}

void Withdraw() {
  for (int i = 0; i < 100000; ++i) {
    const std::lock_guard<std::mutex> lock(balance_mutex);
    kcsan_check_read_write(&balance, sizeof(balance));
    balance -= 1;
  }
}

int main() {
  std::thread depositor(Deposit);
  std::thread withdrawer(Withdraw);
  depositor.join();
  withdrawer.join();
  std::printf("balance: %ld, and should be 0\n", balance);
}
