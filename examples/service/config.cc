// SPDX-License-Identifier: Apache-2.0

#include "examples/service/config.h"

namespace service {

Limits Config::Get() const {
  Limits copy;
  unsigned sequence;
  do {
    sequence = sequence_.ReadBegin();
    // The copy may be half old and half new; then it is thrown away.
    once_memcpy(&copy, &limits_, sizeof(copy));
  } while (sequence_.ReadRetry(sequence));
  return copy;
}

void Config::Set(const Limits& limits) {
  sequence_.WriteBegin();  // claims that nobody else is writing
  once_memcpy_to(&limits_, &limits, sizeof(limits_));
  sequence_.WriteEnd();
}

}  // namespace service
