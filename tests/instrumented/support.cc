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
// for ever.
int main(int argc, char** argv) {
  using Clock = std::chrono::steady_clock;
  const bool racy = argc > 1 && std::strcmp(argv[1], "--racy") == 0;
  const auto end = Clock::now() + (racy ? std::chrono::milliseconds(15000)
                                        : std::chrono::milliseconds(300));
  bool right = true;
  do {
    right = Round(racy) && right;
  } while (Clock::now() < end);
  std::puts(right ? "right" : "wrong");
}
