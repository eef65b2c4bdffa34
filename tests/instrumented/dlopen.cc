// SPDX-License-Identifier: Apache-2.0
//
// Instrumented libraries that come and go: code and data of each are unmapped,
// and the next one lies where the last one was. They find the hooks in this
// program. In the twin two threads call the library without the lock.

#include <dlfcn.h>

#include <cstdlib>
#include <mutex>
#include <string>

#include "tests/instrumented/support.h"

namespace {

std::string LibraryPath() {
  char* const self = realpath("/proc/self/exe", nullptr);
  std::string path(self);
  std::free(self);
  return path.substr(0, path.rfind('/')) + "/dlopen_library.so";
}

class Library {
 public:
  explicit Library(const char* path) : handle_(dlopen(path, RTLD_NOW)) {
    if (handle_ == nullptr) return;
    add_ = reinterpret_cast<long (*)(long)>(dlsym(handle_, "LibraryAdd"));
  }
  ~Library() {
    if (handle_ != nullptr) dlclose(handle_);
  }
  long Add(long value) { return add_ == nullptr ? -1 : add_(value); }

 private:
  void* handle_;
  long (*add_)(long) = nullptr;
};

}  // namespace

bool Round(bool racy) {
  static const std::string path = LibraryPath();
  long sum = 0;
  {
    Library library(path.c_str());
    std::mutex mutex;
    support::Together(2, [&](int) {
      for (int i = 0; i < 100; ++i) {
        std::unique_lock<std::mutex> lock(mutex, std::defer_lock);
        if (!racy) lock.lock();
        library.Add(i);
      }
    });
    sum = library.Add(0);
  }
  // Gone with its data: the next one counts from nought. Something else is put
  // where it was.
  Library library(path.c_str());
  return sum == 2 * 4950 && library.Add(1) == 1;
}
