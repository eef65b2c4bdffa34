// SPDX-License-Identifier: Apache-2.0
//
// The loops that are timed. workloads.cc is compiled twice into one program,
// with the detector off and with it on, so that the two can be compared within
// one run.

#ifndef KCSAN_BENCH_WORKLOADS_H_
#define KCSAN_BENCH_WORKLOADS_H_

#include <stdint.h>

#include <memory>
#include <string>
#include <vector>

namespace kcsan {
namespace bench {

enum : int { kNumWords = 512 };  // fits the first-level cache

struct Workload {
  std::string name;
  // Does the operation `count` times, on word after word.
  void (*run)(long* words, int64_t count);
};

// Moves `count` items through a ring. The two run at the same time, on a thread
// each.
class Ring {
 public:
  virtual ~Ring() = default;
  virtual void Produce(int64_t count) = 0;
  // Returns the sum of what it took out.
  virtual uint64_t Consume(int64_t count) = 0;
};

struct RingKind {
  std::string name;
  std::unique_ptr<Ring> (*create)();
};

namespace off {
std::vector<Workload> Workloads();
std::vector<RingKind> Rings();
}  // namespace off

namespace on {
std::vector<Workload> Workloads();
std::vector<RingKind> Rings();
}  // namespace on

}  // namespace bench
}  // namespace kcsan

#endif  // KCSAN_BENCH_WORKLOADS_H_
