// SPDX-License-Identifier: Apache-2.0
//
// The list of options: names that are unique and can be typed, defaults within
// their ranges, sentences that end. And what is in force is a whole.

#include "kcsan/core/options.h"

#include <cctype>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "doctest/doctest.h"

namespace kcsan {
namespace core {
namespace {

struct Entry {
  std::string name;
  std::string sentence;
  uint64_t default_value;
  uint64_t min;
  uint64_t max;
};

uint64_t LastChoice(const std::string& choices) {
  uint64_t bars = 0;
  for (const char c : choices) bars += c == '|';
  return bars;
}

std::vector<Entry> AllOptions() {
  return {
#define KCSAN_BOOL(name, default_value, sentence) \
  {#name, sentence, default_value, 0, 1},
#define KCSAN_UINT(name, default_value, min, max, unit, sentence) \
  {#name, sentence, default_value, min, max},
#define KCSAN_CHOICE(name, default_value, choices, sentence) \
  {#name, sentence, default_value, 0, LastChoice(choices)},
#include "kcsan/core/options.inc"
#undef KCSAN_BOOL
#undef KCSAN_UINT
#undef KCSAN_CHOICE
  };
}

TEST_CASE("names are unique, and typed in lower case") {
  std::set<std::string> names;
  for (const Entry& entry : AllOptions()) {
    CAPTURE(entry.name);
    CHECK(names.insert(entry.name).second);
    for (const char c : entry.name) CHECK((std::islower(c) || c == '_'));
  }
  CHECK(names.size() >= 20);
}

TEST_CASE("every default is within its range, and every range is one") {
  for (const Entry& entry : AllOptions()) {
    CAPTURE(entry.name);
    CHECK(entry.min < entry.max);
    CHECK(entry.default_value >= entry.min);
    CHECK(entry.default_value <= entry.max);
    CHECK(entry.max <= UINT32_MAX);
  }
}

TEST_CASE("every option is described by a sentence") {
  for (const Entry& entry : AllOptions()) {
    CAPTURE(entry.name);
    REQUIRE(entry.sentence.size() > 10);
    CHECK(std::isupper(entry.sentence.front()));
    CHECK(entry.sentence.back() == '.');
  }
}

// The strict preset is what a struct starts as.
TEST_CASE("the defaults that the design fixes") {
  const Options options;
  CHECK(options.enabled);
  CHECK(options.sampling == kSamplingBudget);
  CHECK(options.overhead == 20);
  CHECK(options.skip_watch == 4000);
  CHECK(options.skip_watch_randomize);
  CHECK(options.udelay == 80);
  CHECK(options.delay_randomize);
  CHECK(options.stall == kStallSleep);
  CHECK_FALSE(options.signal_watcher);
  CHECK(options.report_race_unknown_origin);
  CHECK_FALSE(options.report_value_change_only);
  CHECK_FALSE(options.assume_plain_writes_atomic);
  CHECK_FALSE(options.ignore_atomics);
  CHECK_FALSE(options.permissive);
  CHECK_FALSE(options.weak_memory);
  CHECK(options.report_once_in_ms == 3000);
  CHECK(options.exit_code == 66);
}

TEST_CASE("what is in force is what was set last, whole") {
  CHECK(CurrentOptions().udelay == Options().udelay);
  // More often than there are places to publish in.
  for (uint32_t i = 1; i <= 100; ++i) {
    Options options;
    options.udelay = i;
    options.overhead = i;
    SetOptions(options);
    options.udelay = 0;  // a copy was taken
    REQUIRE(CurrentOptions().udelay == i);
    REQUIRE(CurrentOptions().overhead == i);
  }
  const Options& before = CurrentOptions();
  SetOptions(Options());
  CHECK(before.udelay == 100);
  CHECK(CurrentOptions().udelay == 80);
}

}  // namespace
}  // namespace core
}  // namespace kcsan
