// SPDX-License-Identifier: Apache-2.0
//
// The library that dlopen.cc loads. It has what has to be undone when it goes:
// a constructor, a destructor, and objects of each thread.

#include <string>
#include <vector>

extern "C" long LibraryAdd(long value);

namespace {

struct History {
  ~History() { values.assign(values.size(), -1); }
  std::vector<long> values;
};

History g_history;
long g_sum;

}  // namespace

extern "C" long LibraryAdd(long value) {
  static const std::string name("library");
  g_sum += value;
  if (g_sum % 10 == 0) g_history.values.assign(name.size(), value);
  return g_sum;
}
