// SPDX-License-Identifier: Apache-2.0
//
// The first race: two threads change one balance, and nothing orders them.
//
//   ./bazelw run //examples:first_race
//
// prints a report that names both places, and exits with status 66. The same
// program with a lock is first_race_fixed.cc: no report, status 0.

#include <cstdio>
#include <thread>

#include "kcsan/kcsan.h"

long balance = 0;

void Deposit() {
  for (int i = 0; i < 20000000; ++i) {
    kcsan_check_read_write(&balance, sizeof(balance));  // told, then done
    balance += 1;
  }
}

void Withdraw() {
  for (int i = 0; i < 20000000; ++i) {
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
