// SPDX-License-Identifier: Apache-2.0
//
// C++20 coroutines that go on in another thread each time: the frame, on the
// heap, is everybody's in turn. In the twin a second thread writes to it while
// the first is at it.

#include <coroutine>
#include <exception>
#include <mutex>
#include <optional>
#include <vector>

#include "tests/instrumented/support.h"

namespace {

// The threads' common list of coroutines that can go on.
class Ready {
 public:
  void Push(std::coroutine_handle<> handle) {
    const std::lock_guard<std::mutex> lock(mutex_);
    handles_.push_back(handle);
  }
  std::optional<std::coroutine_handle<>> Pop() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (handles_.empty()) return std::nullopt;
    const std::coroutine_handle<> handle = handles_.front();
    handles_.erase(handles_.begin());
    return handle;
  }

 private:
  std::mutex mutex_;
  std::vector<std::coroutine_handle<>> handles_;
};

struct Hop {
  Ready* ready;
  bool await_ready() const noexcept { return false; }
  // From here on another thread may have it.
  void await_suspend(std::coroutine_handle<> handle) { ready->Push(handle); }
  void await_resume() const noexcept {}
};

struct Task {
  struct promise_type {
    long result = 0;
    Task get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_value(long value) noexcept { result = value; }
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

Task Count(Ready* ready, int hops, long* steps) {
  std::vector<long> seen;
  for (int i = 0; i < hops; ++i) {
    seen.push_back(i);
    ++*steps;
    co_await Hop{ready};
  }
  long sum = 0;
  for (const long value : seen) sum += value;
  co_return sum;
}

}  // namespace

bool Round(bool racy) {
  Ready ready;
  std::vector<Task> tasks;
  long steps[4] = {};
  for (int i = 0; i < 4; ++i) {
    tasks.push_back(Count(&ready, 20, &steps[racy ? 0 : i]));
    ready.Push(tasks.back().handle);
  }
  support::Together(3, [&](int) {
    // An empty list may fill again; whoever is at a coroutine will be back.
    while (const auto handle = ready.Pop()) handle->resume();
  });
  bool right = true;
  for (const Task& task : tasks) {
    right = task.handle.done() && task.handle.promise().result == 190 && right;
    task.handle.destroy();
  }
  return right;
}
