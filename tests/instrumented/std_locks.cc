// SPDX-License-Identifier: Apache-2.0
//
// The standard library's locks, condition variables and call_once(). All of
// them sleep and wake inside libc, which is not instrumented.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "tests/instrumented/support.h"

namespace {

struct Account {
  std::mutex mutex;
  std::recursive_mutex recursive;
  std::timed_mutex timed;
  std::shared_mutex shared;
  std::once_flag once;
  long a = 0, b = 0, c = 0;
  std::string name, once_made;
};

void AllLocks(Account* account, int self, bool racy) {
  for (int i = 0; i < 50; ++i) {
    std::call_once(account->once, [&] { account->once_made = "made once"; });
    if (account->once_made.size() != 9) return;
    {
      std::scoped_lock both(account->mutex, account->recursive);
      std::lock_guard<std::recursive_mutex> again(account->recursive);
      ++account->a;
    }
    if (account->timed.try_lock_for(std::chrono::seconds(10))) {
      ++account->b;
      account->timed.unlock();
    }
    if (i % 4 == self) {
      std::unique_lock<std::shared_mutex> writer(account->shared);
      account->name = std::string(static_cast<unsigned>(i), 'n');
      ++account->c;
    } else {
      std::shared_lock<std::shared_mutex> reader(account->shared);
      if (account->name.size() > 50) return;
    }
    // The twin takes a reader's lock, and writes.
    if (racy) {
      std::shared_lock<std::shared_mutex> reader(account->shared);
      for (int n = 0; n < 20; ++n) {
        ++account->c;
        Touch(account);
      }
    }
  }
}

struct Queue {
  std::mutex mutex;
  std::condition_variable filled;
  std::condition_variable_any emptied;
  std::deque<int> items;
};

long Exchange(Queue* queue, int self) {
  long sum = 0;
  for (int i = 0; i < 50; ++i) {
    std::unique_lock<std::mutex> lock(queue->mutex);
    if (self == 0) {
      queue->emptied.wait(lock, [&] { return queue->items.size() < 3; });
      queue->items.push_back(i);
      queue->filled.notify_one();
    } else {
      while (!queue->filled.wait_for(lock, std::chrono::seconds(10),
                                     [&] { return !queue->items.empty(); })) {
      }
      sum += queue->items.front();
      queue->items.pop_front();
      queue->emptied.notify_all();
    }
  }
  return sum;
}

}  // namespace

bool Round(bool racy) {
  Account account;
  Queue queue;
  long sum = 0;
  support::Together(2, [&](int self) {
    AllLocks(&account, self, racy);
    if (self == 0) Exchange(&queue, self);
    if (self == 1) sum = Exchange(&queue, self);
  });
  return account.a == 100 && account.b == 100 && sum == 1225;
}
