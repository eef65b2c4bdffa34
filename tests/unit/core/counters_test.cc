// SPDX-License-Identifier: Apache-2.0
//
// The list of counters, and counting.

#include "kcsan/core/counters.h"

#include <cctype>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "doctest/doctest.h"

namespace kcsan {
namespace core {
namespace {

const std::vector<std::string> kNames = {
#define KCSAN_COUNTER(name, sentence) #name,
#include "kcsan/core/counters.inc"
#undef KCSAN_COUNTER
};

TEST_CASE("names are unique, and each has its number and its sentence") {
  CHECK(kNames.size() == static_cast<size_t>(kNumCounters));
  CHECK(std::set<std::string>(kNames.begin(), kNames.end()).size() ==
        kNames.size());
  int number = 0;
#define KCSAN_COUNTER(name, sentence)                 \
  CHECK(static_cast<int>(Counter::name) == number++); \
  CHECK(std::string(sentence).back() == '.');         \
  CHECK(std::isupper(std::string(sentence).front()) != 0);
#include "kcsan/core/counters.inc"
#undef KCSAN_COUNTER
}

TEST_CASE("the first nine are the kernel's, in its order") {
  const std::vector<std::string> kernel = {"used_watchpoints",
                                           "setup_watchpoints",
                                           "data_races",
                                           "assert_failures",
                                           "no_capacity",
                                           "report_races",
                                           "races_unknown_origin",
                                           "unencodable_accesses",
                                           "encoding_false_positives"};
  REQUIRE(kNames.size() >= kernel.size());
  for (size_t i = 0; i < kernel.size(); ++i) CHECK(kNames[i] == kernel[i]);
}

TEST_CASE("counts go up, and down again") {
  const uint64_t before = ReadCounter(Counter::data_races);
  const uint64_t other = ReadCounter(Counter::no_capacity);
  Count(Counter::data_races);
  Count(Counter::data_races);
  CHECK(ReadCounter(Counter::data_races) == before + 2);
  Uncount(Counter::data_races);
  CHECK(ReadCounter(Counter::data_races) == before + 1);
  CHECK(ReadCounter(Counter::no_capacity) == other);
}

TEST_CASE("no count is lost between threads") {
  const uint64_t before = ReadCounter(Counter::filtered);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int j = 0; j < 10000; ++j) Count(Counter::filtered);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(ReadCounter(Counter::filtered) == before + 40000);
}

}  // namespace
}  // namespace core
}  // namespace kcsan
