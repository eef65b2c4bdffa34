// SPDX-License-Identifier: Apache-2.0
//
// thread_local objects with constructors and destructors: made at first use,
// destroyed at the thread's end, in memory that the next thread gets. In the
// twin a thread's own object is handed to a second one.

#include <atomic>
#include <map>
#include <string>
#include <thread>

#include "tests/instrumented/support.h"

namespace {

std::atomic<int> g_alive{0};

struct Cache {
  Cache() { g_alive.fetch_add(1); }
  ~Cache() {
    // The destructor is instrumented code in a thread on its way out.
    for (auto& entry : values) entry.second = -1;
    values.clear();
    g_alive.fetch_sub(1);
  }
  std::map<std::string, long> values;
  long hits = 0;
};

thread_local Cache t_cache;
thread_local long t_plain = 1;

bool Use(int seed) {
  for (int i = 0; i < 20; ++i) {
    t_cache.values["key" + std::to_string(i % 5)] += seed;
    ++t_cache.hits;
    t_plain += seed;
  }
  return t_cache.hits == 20 && t_cache.values.at("key3") == 4L * seed &&
         t_plain == 1 + 20L * seed;
}

void Hit(Cache* cache) {
  for (int i = 0; i < 200; ++i) {
    ++cache->hits;
    Touch(cache);
  }
}

}  // namespace

bool Round(bool racy) {
  std::atomic<bool> right{true};
  support::Together(2, [&](int self) {
    for (int i = 0; i < 10; ++i) {
      std::thread([&] {
        if (!Use(self + 1)) right = false;
      }).join();
    }
    if (racy) {
      std::thread guest(Hit, &t_cache);
      Hit(&t_cache);
      guest.join();
    }
  });
  return right && g_alive == 0;
}
