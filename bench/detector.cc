// SPDX-License-Identifier: Apache-2.0

#include "bench/detector.h"

#include <benchmark/benchmark.h>

#include "kcsan/checks.h"
#include "kcsan/core/process.h"
#include "kcsan/platform/platform.h"

namespace kcsan {
namespace bench {

void StartDetector() {
  core::Hooks hooks = {};
  platform::FillHooks(&hooks);
  core::SetHooks(hooks);
  core::SetOptions(Options());
  core::SetEnabled(true);
}

void UseOverhead(uint32_t overhead) {
  Options options;
  options.overhead = overhead;
  core::SetOptions(options);
}

void ForgetSkips() {
  for (int32_t& skip : kcsan_rt_thread.skip) skip = 0;
}

int RunBenchmarks(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
#if defined(__clang__)
  benchmark::AddCustomContext("compiler", __VERSION__);
#else
  benchmark::AddCustomContext("compiler", "GCC " __VERSION__);
#endif
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace bench
}  // namespace kcsan
