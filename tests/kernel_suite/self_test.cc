// SPDX-License-Identifier: Apache-2.0
//
// What the kernel's KCSAN tests of itself at boot, and that the signals which
// the other cases count on did come.

#include <cstdint>
#include <random>

#include "doctest/doctest.h"
#include "kcsan/core/encoding.h"
#include "kcsan/runtime.h"
#include "tests/kernel_suite/kernels.h"
#include "tests/kernel_suite/suite.h"
#include "tests/kernel_suite/table.h"

namespace kernel_suite {
namespace {

using kcsan::core::DecodedWatchpoint;
using kcsan::core::DecodeWatchpoint;
using kcsan::core::EncodeWatchpoint;
using kcsan::core::IsEncodable;
using kcsan::core::Matches;

TEST_CASE("requires") {
  RunAlone("skip_watch=0:udelay=1", [] {
    CHECK(kcsan::IsEnabled());
    // The kernels are instrumented, and what they do is watched.
    const kcsan::Stats before = kcsan::GetStats();
    for (int i = 0; i < 10; ++i) ReadValue();
    const kcsan::Stats watched = kcsan::GetStats();
    // What is not instrumented is not.
    for (int i = 0; i < 10; ++i) WriteValueUnseen();
    const kcsan::Stats after = kcsan::GetStats();
    CHECK(watched.setup_watchpoints == before.setup_watchpoints + 10);
    CHECK(after.setup_watchpoints == watched.setup_watchpoints);
    CHECK(after.used_watchpoints == 0);
  });
  AddRow("self: requires", 0, "as it should");
}

TEST_CASE("encode and decode") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const std::uintptr_t address = random() & kcsan::core::kAddressMask;
    const std::size_t size = 1 + random() % kcsan::kMaxEncodableSize;
    const bool is_write = (random() & 1) != 0;
    if (!IsEncodable(address, size)) continue;
    const std::uint64_t word = EncodeWatchpoint(address, size, is_write);
    DecodedWatchpoint decoded = {};
    REQUIRE(DecodeWatchpoint(word, &decoded));
    REQUIRE(decoded.address == address);
    REQUIRE(decoded.size == size);
    REQUIRE(decoded.is_write == is_write);
  }
  DecodedWatchpoint decoded = {};
  CHECK(!DecodeWatchpoint(kcsan::core::kInvalidWatchpoint, &decoded));
  CHECK(!DecodeWatchpoint(kcsan::core::kConsumedWatchpoint, &decoded));
  CHECK(!IsEncodable(16, 8));
  CHECK(!IsEncodable(0x10000, 0));
  CHECK(!IsEncodable(0x10000, kcsan::kMaxEncodableSize + 1));
  AddRow("self: encode_decode", 0, "2000 words");
}

TEST_CASE("matching access") {
  constexpr std::uintptr_t kAt = 0x10000;
  const auto matches = [](std::size_t watched, std::uintptr_t address,
                          std::size_t size) {
    return Matches(EncodeWatchpoint(kAt, watched, true), address, size, false);
  };
  CHECK(matches(1, kAt, 1));
  CHECK(matches(2, kAt + 1, 1));
  CHECK(!matches(1, kAt + 1, 1));
  CHECK(matches(1, kAt - 1, 2));
  CHECK(!matches(1, kAt - 1, 1));
  CHECK(matches(8, kAt + 7, 8));
  CHECK(!matches(8, kAt + 8, 8));
  CHECK(matches(4, kAt - 100, 4096));
  // Who writes.
  const std::uint64_t read = EncodeWatchpoint(kAt, 8, false);
  const std::uint64_t write = EncodeWatchpoint(kAt, 8, true);
  CHECK(!Matches(read, kAt, 8, false));
  CHECK(Matches(read, kAt, 8, true));
  CHECK(Matches(write, kAt, 8, false));
  CHECK(Matches(write, kAt, 8, true));
  AddRow("self: matching_access", 0, "as it should");
}

TEST_CASE("barrier") {
  const char* wrong = nullptr;
  const auto check = [&wrong] { wrong = CheckBarriers(); };
  // Without the model nothing is ever under way.
  RunAlone("weak_memory=0:skip_watch=0:udelay=0", check);
  CHECK(wrong != nullptr);
  RunAlone("weak_memory=1:skip_watch=0:udelay=0", check);
  INFO("wrong: " << (wrong == nullptr ? "nothing" : wrong));
  CHECK(wrong == nullptr);
  AddRow("self: barrier", 0, wrong == nullptr ? "as it should" : wrong);
}

TEST_CASE("there were interrupts") { CHECK(NumInterrupts() > 0); }

}  // namespace
}  // namespace kernel_suite
