// SPDX-License-Identifier: Apache-2.0
//
// What only C++ has, beside what C has.

#include "tests/hooks/kitchen_sink.inc"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Base {
  virtual ~Base() { value = 1; }
  virtual int Get() { return value; }
  int value = 0;
};
struct Derived : Base {
  ~Derived() override { value = 2; }
  int Get() override { return value + 1; }
};

}  // namespace

int SinkVirtual(Base* base) { return base->Get(); }
Base* SinkMake() { return new Derived; }
void SinkDelete(Base* base) { delete base; }

int SinkStatic() {
  static const std::string* const text = new std::string("once");
  return static_cast<int>(text->size());
}

void SinkMayThrow();
int SinkException(int* p) {
  try {
    SinkMayThrow();
  } catch (...) {
    ++*p;
  }
  return *p;
}

void SinkLibrary(std::vector<std::string>* lines, std::shared_ptr<int>* shared,
                 std::atomic<std::shared_ptr<int>*>* pointer,
                 std::mutex* mutex) {
  const std::lock_guard<std::mutex> lock(*mutex);
  lines->emplace_back("x");
  std::shared_ptr<int> copy = *shared;
  pointer->store(shared, std::memory_order_release);
  std::atomic_thread_fence(std::memory_order_acquire);
  std::thread([copy] { ++*copy; }).join();
}
