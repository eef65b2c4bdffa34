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

// A plain long that tells the detector whenever it is read or written.
kcsan::checked<long> balance = 0;

void Deposit() {
  for (int i = 0; i < 20000000; ++i) balance += 1;
}

void Withdraw() {
  for (int i = 0; i < 20000000; ++i) balance -= 1;
}

int main() {
  std::thread depositor(Deposit);
  std::thread withdrawer(Withdraw);
  depositor.join();
  withdrawer.join();
  std::printf("balance: %ld, and should be 0\n", static_cast<long>(balance));
}
