// SPDX-License-Identifier: Apache-2.0
//
// What a detector costs in memory: fills 64 MiB, races if asked to, and prints
// what the kernel says of this process. Run by bench/memory, which builds it
// without a detector, with this one, and for ThreadSanitizer.
//
//   memory          no race
//   memory race     two threads, one race; its report, too, takes memory

#include <cstdio>
#include <cstring>
#include <memory>
#include <thread>

#include "kcsan/kcsan.h"

namespace {

constexpr size_t kNumWords = (64 << 20) / sizeof(long);

long balance;

void Fill(long* words) {
  for (size_t i = 0; i < kNumWords; ++i) {
    kcsan_check_write(&words[i], sizeof(words[i]));
    words[i] = static_cast<long>(i);
  }
}

void Change() {
  for (int i = 0; i < 20000000; ++i) {
    kcsan_check_read_write(&balance, sizeof(balance));
    balance += 1;
  }
}

// "name 123", in kilobytes.
void PrintStatus() {
  std::FILE* const file = std::fopen("/proc/self/status", "r");
  if (file == nullptr) return;
  char line[256], name[64];
  long kilobytes;
  while (std::fgets(line, sizeof(line), file) != nullptr) {
    if (std::sscanf(line, "%63[^:]: %ld kB", name, &kilobytes) == 2 &&
        (std::strcmp(name, "VmRSS") == 0 || std::strcmp(name, "RssAnon") == 0 ||
         std::strcmp(name, "RssFile") == 0)) {
      std::printf("%s %ld\n", name, kilobytes);
    }
  }
  std::fclose(file);
}

}  // namespace

int main(int argc, char** argv) {
  const std::unique_ptr<long[]> words(new long[kNumWords]);
  Fill(words.get());
  if (argc > 1 && std::strcmp(argv[1], "race") == 0) {
    std::thread other(Change);
    Change();
    other.join();
  }
  PrintStatus();
}
