// SPDX-License-Identifier: Apache-2.0
//
// An annotated program, for pkg-config: with any compiler, or with kcsan-c++.
// Everything of runtime.h is there to be called, the program's own options
// count, and its exceptions find their way past the runtime's.

#include <kcsan/kcsan.h>

#include <stdexcept>
#include <string>
#include <thread>

extern "C" const char* kcsan_default_options() { return "exit_code=77"; }

static bool UsesAll() {
  kcsan::Disable();
  const bool was_disabled = !kcsan::IsEnabled();
  kcsan::Enable();
  std::string error;
  const bool refused = !kcsan::SetOptions("no_such_option=1", &error);
  const kcsan::ScopedReportHandler none(nullptr, nullptr);
  return was_disabled && refused && !error.empty() &&
         kcsan::GetOptions().exit_code == 77 &&
         kcsan::GetStats().data_races == 0;
}

static bool Throws() {
  try {
    return std::stoi("none") == 0;
  } catch (const std::invalid_argument&) {
    return true;
  }
}

int main() {
  if (!UsesAll() || !Throws()) return 1;
  static long counter;
  const auto count = [] {
    while (kcsan::ReportCount() == 0) {
      kcsan_check_read_write(&counter, sizeof(counter));
      __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
    }
  };
  std::thread first(count), second(count);
  first.join();
  second.join();
}
