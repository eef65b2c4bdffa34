// SPDX-License-Identifier: Apache-2.0
//
// A lock that one path forgets. Nothing makes anybody take a lock: it protects
// by agreement alone. Ship() keeps the agreement, Restock() does not, and loses
// updates of Ship().
//
// The display in the shop reads the stock without the lock, so every access is
// marked: whole, never torn, atomic. There is no data race here. So
// ThreadSanitizer has nothing to say, nor have checkers of lock order. What is
// broken is a rule that the code never states: whoever holds the lock is the
// only writer. ASSERT_EXCLUSIVE_WRITER() states it, and the detector checks it.
// (Built for ThreadSanitizer, the claim speaks to ThreadSanitizer too.)
//
//   ./bazelw run //examples:advisory_lock              report, status 66
//   ./bazelw run //examples:advisory_lock -- --fixed   silence, status 0
//
// The report names both threads, the one that claimed ("assert no writes") and
// the one that wrote. See expected/advisory_lock.txt.

#include <pthread.h>

#include <cstdio>
#include <mutex>
#include <thread>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "kcsan/kcsan.h"

ABSL_FLAG(bool, fixed, false, "take the lock on both paths");

constexpr absl::Duration kRunTime = absl::Milliseconds(200);

struct Warehouse {
  std::mutex mutex;
  // Written under `mutex`. Read by the display without it.
  long stock = 1000000;
};

void Ship(Warehouse* warehouse) {
  const std::lock_guard<std::mutex> lock(warehouse->mutex);
  // The display may look at any time, but nobody else may write now.
  ASSERT_EXCLUSIVE_WRITER(warehouse->stock);
  // Pairs with READ_ONCE() in Display(). The read under the lock could be
  // plain; it is marked so that the bug below is not a data race at all.
  WRITE_ONCE(warehouse->stock, READ_ONCE(warehouse->stock) - 1);
}

// The bug. It looks careful, and it is atomic, but not as a whole: what Ship()
// writes between this read and this write is lost.
void Restock(Warehouse* warehouse) {
  WRITE_ONCE(warehouse->stock, READ_ONCE(warehouse->stock) + 1);
}

void RestockLocked(Warehouse* warehouse) {
  const std::lock_guard<std::mutex> lock(warehouse->mutex);
  ASSERT_EXCLUSIVE_WRITER(warehouse->stock);
  WRITE_ONCE(warehouse->stock, READ_ONCE(warehouse->stock) + 1);
}

// What hangs in the shop. Any recent value will do.
long Display(const Warehouse* warehouse) {
  return READ_ONCE(warehouse->stock);  // pairs with WRITE_ONCE() in Ship()
}

// Calls `move` for kRunTime, on a thread called `name`, and counts.
void Work(const char* name, void (*move)(Warehouse*), Warehouse* warehouse,
          long* moves) {
  pthread_setname_np(pthread_self(), name);
  const absl::Time end = absl::Now() + kRunTime;
  for (; absl::Now() < end; ++*moves) move(warehouse);
}

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("A lock that one path forgets.");
  absl::ParseCommandLine(argc, argv);
  const auto restock = absl::GetFlag(FLAGS_fixed) ? &RestockLocked : &Restock;

  Warehouse warehouse;
  const long before = Display(&warehouse);
  long shipped = 0;
  long restocked = 0;
  std::thread shipper(Work, "shipper", &Ship, &warehouse, &shipped);
  std::thread restocker(Work, "restocker", restock, &warehouse, &restocked);
  shipper.join();
  restocker.join();

  const long lost = before - shipped + restocked - Display(&warehouse);
  std::printf("%ld shipped, %ld restocked, the stock is wrong by %ld\n",
              shipped, restocked, lost);
}
