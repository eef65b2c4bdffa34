// SPDX-License-Identifier: Apache-2.0
//
// The least that an instrumented program has to show: one race, reported.

#include <cstdio>
#include <thread>

namespace {

long g_counter;

__attribute__((noinline)) void Work() {
  for (int i = 0; i < 1000000; ++i) ++g_counter;
}

}  // namespace

int main() {
  std::thread first(Work), second(Work);
  first.join();
  second.join();
  std::printf("done\n");
}
