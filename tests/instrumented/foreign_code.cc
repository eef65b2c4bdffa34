// SPDX-License-Identifier: Apache-2.0
//
// Libraries that are not instrumented, used from several threads: they
// synchronise unseen, write into our memory, and call back into our code.

#include <netdb.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <locale>
#include <sstream>

#include "tests/instrumented/support.h"

namespace {

// Each thread sorts an array of its own, through libc, with our comparison.
thread_local long* t_comparisons;

bool Sort(int seed) {
  long values[40];
  for (int i = 0; i < 40; ++i) values[i] = (i * 17 + seed) % 40;
  std::qsort(values, 40, sizeof(values[0]), [](const void* a, const void* b) {
    const long x = *static_cast<const long*>(a);
    const long y = *static_cast<const long*>(b);
    ++*t_comparisons;
    return x < y ? -1 : (x > y ? 1 : 0);
  });
  const long key = 20;
  return values[0] == 0 && std::is_sorted(values, values + 40) &&
         std::binary_search(values, values + 40, key);
}

bool Resolve() {
  addrinfo hints{}, *found = nullptr;
  hints.ai_flags = AI_NUMERICHOST;
  if (getaddrinfo("127.0.0.1", "80", &hints, &found) != 0) return false;
  const bool right = found->ai_family == AF_INET;
  freeaddrinfo(found);
  return right;
}

bool Streams(int self) {
  std::ostringstream text;
  text << std::locale().name() << ' ' << self << ' ' << 2.5;
  std::istringstream words(text.str());
  std::string locale_name;
  int number = -1;
  words >> locale_name >> number;
  // Shared by all threads, and the standard allows it.
  std::cerr << "" << std::flush;
  std::ofstream("/dev/null") << text.str();
  return number == self;
}

bool Others(int self) {
  const std::time_t now = 1000000000 + self;
  std::tm parts{};
  char text[64];
  std::strftime(text, sizeof(text), "%Y", gmtime_r(&now, &parts));
  // Not std::regex: that does race, in std::ctype<char>::narrow(), which is
  // header code (libstdc++'s bug 77704).
  return std::strcmp(text, "2001") == 0 && std::getenv("NO_SUCH") == nullptr;
}

}  // namespace

bool Round(bool racy) {
  std::atomic<bool> right{true};
  long comparisons[3] = {};
  support::Together(3, [&](int self) {
    t_comparisons = &comparisons[racy ? 0 : self];
    for (int i = 0; i < 5; ++i) {
      if (!Sort(self)) right = false;
      if (!Resolve() || !Streams(self) || !Others(self)) right = false;
    }
  });
  return right && comparisons[0] > 5 * 39;
}
