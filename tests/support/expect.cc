// SPDX-License-Identifier: Apache-2.0

#include "tests/support/expect.h"

#include <cinttypes>
#include <cstdio>
#include <cstring>

namespace kcsan {
namespace testing {
namespace {

std::string Hex(uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof(text), "0x%" PRIx64, value);
  return text;
}

std::string Differs(const std::string& what, uint64_t got, uint64_t expected) {
  return what + " is " + Hex(got) + ", expected " + Hex(expected);
}

// "" or what is wrong with one side.
std::string SideMismatch(const AccessRecord& got, const Side& expected,
                         int32_t thread_id) {
  if (got.type != expected.type) {
    return Differs("type", static_cast<uint64_t>(got.type),
                   static_cast<uint64_t>(expected.type));
  }
  const uintptr_t address = reinterpret_cast<uintptr_t>(expected.ptr);
  if (got.address != address) return Differs("address", got.address, address);
  if (got.size != expected.size)
    return Differs("size", got.size, expected.size);
  if (got.thread_id != thread_id) {
    return Differs("thread", static_cast<uint64_t>(got.thread_id),
                   static_cast<uint64_t>(thread_id));
  }
  if (got.reordered != expected.reordered) return "reordered is wrong";
  if (got.reordered != (got.reordered_to != 0)) return "reordered_to is wrong";
  if (got.in_signal_handler) return "in_signal_handler is set";
  if (got.site == nullptr) return "there is no site text";
  if (expected.text != nullptr && std::strcmp(got.site, expected.text) != 0) {
    return std::string("site is ") + got.site;
  }
  if (got.num_frames < 1 || got.frames[0] == 0) return "there is no stack";
  return "";
}

std::string ValueMismatch(const RaceReport& got, const Expect& expected) {
  const size_t size = expected.compared ? expected.watcher.size : 0;
  if (got.value_size != static_cast<int>(size)) {
    return Differs("value_size", static_cast<uint64_t>(got.value_size), size);
  }
  if (got.old_value != expected.old_value) {
    return Differs("old value", got.old_value, expected.old_value);
  }
  if (got.new_value != expected.new_value) {
    return Differs("new value", got.new_value, expected.new_value);
  }
  if (got.mask != expected.mask) {
    return Differs("mask", got.mask, expected.mask);
  }
  return "";
}

}  // namespace

Expect ExpectRace(Side watcher, Side other, uint64_t old_value,
                  uint64_t new_value) {
  Expect expect;
  expect.watcher = watcher;
  expect.other = other;
  expect.compared = true;
  expect.old_value = old_value;
  expect.new_value = new_value;
  return expect;
}

Expect ExpectRace(Side watcher, Side other) {
  Expect expect = ExpectRace(watcher, other, 0, 0);
  expect.compared = false;
  return expect;
}

Expect ExpectUnknownOrigin(Side watcher, uint64_t old_value,
                           uint64_t new_value) {
  Expect expect = ExpectRace(watcher, Side(), old_value, new_value);
  expect.origin_known = false;
  return expect;
}

Expect ExpectSilence() {
  Expect expect;
  expect.num_reports = 0;
  return expect;
}

Expect ExpectNoWindow() {
  Expect expect = ExpectSilence();
  expect.met = false;
  return expect;
}

std::string Mismatch(const Encounter& encounter, const Expect& expect) {
  if (encounter.timed_out) return "somebody waited in vain";
  if (encounter.met != expect.met) {
    return encounter.met ? "a window was opened" : "no window was opened";
  }
  if (encounter.reports.size() != static_cast<size_t>(expect.num_reports)) {
    return Differs("number of reports", encounter.reports.size(),
                   static_cast<uint64_t>(expect.num_reports));
  }
  if (expect.num_reports == 0) return "";
  const RaceReport& report = encounter.reports[0];
  if (report.origin_known != expect.origin_known) {
    return report.origin_known ? "the origin is known" : "unknown origin";
  }
  std::string mismatch =
      SideMismatch(report.watcher, expect.watcher, encounter.watcher_thread);
  if (!mismatch.empty()) return "watcher: " + mismatch;
  if (expect.origin_known) {
    mismatch = SideMismatch(report.other, expect.other, encounter.other_thread);
    if (!mismatch.empty()) return "other: " + mismatch;
  }
  return ValueMismatch(report, expect);
}

}  // namespace testing
}  // namespace kcsan
