// SPDX-License-Identifier: Apache-2.0
//
// main(), for all programs of this folder. It is not instrumented itself: so
// every test is also one of a program in which some files are and some are not.

#include "tests/instrumented/support.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>
#include <vector>

namespace support {

void Together(int count, const std::function<void(int)>& body) {
  std::atomic<int> missing(count);
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      missing.fetch_sub(1);
      while (missing.load() != 0) std::this_thread::yield();
      body(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace support

// With --racy: until the detector ends the program (halt_on_error=1), but not
// for ever. With --short as well: as long as the correct one.
int main(int argc, char** argv) {
  using Clock = std::chrono::steady_clock;
  bool racy = false, brief = false;
  for (int i = 1; i < argc; ++i) {
    racy = racy || std::strcmp(argv[i], "--racy") == 0;
    brief = brief || std::strcmp(argv[i], "--short") == 0;
  }
  const auto end =
      Clock::now() + std::chrono::milliseconds(racy && !brief ? 15000 : 300);
  bool right = true;
  do {
    right = Round(racy) && right;
  } while (Clock::now() < end);
  std::puts(right ? "right" : "wrong");
}
