// SPDX-License-Identifier: Apache-2.0
//
// std::async, promise, packaged_task and shared_future: results, and
// exceptions, that go from one thread to another. The twin looks at the result
// without asking the future.

#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/instrumented/support.h"

namespace {

std::vector<std::string> MakeTexts(int count) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) texts.push_back(std::to_string(i * 1000));
  return texts;
}

bool Results() {
  std::future<std::vector<std::string>> texts =
      std::async(std::launch::async, MakeTexts, 20);
  std::future<int> fails = std::async(std::launch::async, []() -> int {
    throw std::runtime_error("no result");
  });
  std::packaged_task<std::string(int)> task(
      [](int n) { return std::string(static_cast<unsigned>(n), 'p'); });
  std::future<std::string> packaged = task.get_future();
  std::thread runner(std::move(task), 50);
  bool right = texts.get().at(19) == "19000" && packaged.get().size() == 50;
  try {
    fails.get();
    right = false;
  } catch (const std::runtime_error& error) {
    right = right && std::string(error.what()) == "no result";
  }
  runner.join();
  return right;
}

}  // namespace

bool Round(bool racy) {
  bool right = Results();
  std::promise<void> promise;
  const std::shared_future<void> ready(promise.get_future());
  long plain[16] = {}, sums[3] = {};
  support::Together(3, [&](int self) {
    if (self == 0) {
      for (int i = 0; i < 640; ++i) {
        plain[i % 16] = 3;
        Touch(plain);
      }
      promise.set_value();
      return;
    }
    const std::shared_future<void> mine = ready;
    if (!racy) mine.wait();
    for (int i = 0; i < 640; ++i) {
      sums[self] += plain[i % 16];
      Touch(plain);
    }
  });
  return right && sums[1] == 1920 && sums[2] == 1920;
}
