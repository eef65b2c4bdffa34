// SPDX-License-Identifier: Apache-2.0
//
// The build itself works: the compiler speaks C++17, and each outside library
// that the tree builds on is found, compiles and links. A failure here says
// that the machine or the bazel/ directory is at fault, not the detector.

#include <backtrace.h>

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/debugging/symbolize.h"
#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/random/random.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "doctest/doctest.h"

static_assert(__cplusplus == 201703L, "the tree is written in C++17");

ABSL_FLAG(int, bootstrap_answer, 42, "Shows that flags link.");

namespace {

TEST_CASE("str_format formats") {
  CHECK(absl::StrFormat("%s has %d bits", "a word", 64) ==
        std::string("a word has 64 bits"));
}

TEST_CASE("containers, status, random, time, spans and locks link") {
  absl::flat_hash_map<int, int> squares = {{2, 4}, {3, 9}};
  CHECK(squares.at(3) == 9);

  absl::StatusOr<int> none = absl::NotFoundError("none");
  CHECK_FALSE(none.ok());

  absl::BitGen generator;
  CHECK(absl::Uniform(generator, 0, 10) < 10);

  CHECK(absl::Now() > absl::UnixEpoch());

  int values[] = {1, 2, 3};
  CHECK(absl::MakeSpan(values).size() == 3);

  absl::Mutex mutex;
  absl::MutexLock lock(&mutex);
  mutex.AssertHeld();
}

TEST_CASE("flags parse") {
  char program[] = "test";
  char flag[] = "--bootstrap_answer=7";
  char* argv[] = {program, flag, nullptr};
  CHECK(absl::ParseCommandLine(2, argv).size() == 1);
  CHECK(absl::GetFlag(FLAGS_bootstrap_answer) == 7);
}

TEST_CASE("the symbolizer is there") {
  absl::InitializeSymbolizer("/proc/self/exe");
  char name[64];
  CHECK_FALSE(absl::Symbolize(nullptr, name, sizeof(name)));
}

TEST_CASE("libbacktrace links") {
  CHECK(backtrace_create_state(nullptr, 0, nullptr, nullptr) != nullptr);
}

TEST_CASE("benchmark links") {
  benchmark::ClearRegisteredBenchmarks();
  CHECK(benchmark::RunSpecifiedBenchmarks() == 0);
}

}  // namespace
