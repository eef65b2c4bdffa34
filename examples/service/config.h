// SPDX-License-Identifier: Apache-2.0
//
// The settings of the running service. Read by every request, changed now and
// then by one thread: readers take no lock and write nothing shared. They copy
// the settings, and copy again if they were changed meanwhile.

#ifndef EXAMPLES_SERVICE_CONFIG_H_
#define EXAMPLES_SERVICE_CONFIG_H_

#include <cstdint>

#include "kcsan/kcsan.h"

namespace service {

struct Limits {
  uint32_t max_key_bytes = 64;
  uint32_t max_value_bytes = 512;
  // Counted up with each change.
  uint64_t version = 0;
};

class Config {
 public:
  // By any thread.
  Limits Get() const;
  // By one thread only.
  void Set(const Limits& limits);

 private:
  kcsan::SeqCount sequence_;
  // Changes only while sequence_ says so.
  Limits limits_;
};

}  // namespace service

#endif  // EXAMPLES_SERVICE_CONFIG_H_
