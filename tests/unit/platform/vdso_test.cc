// SPDX-License-Identifier: Apache-2.0
//
// The clock of the vDSO, against the one of the system call; and images that
// have none.

#include "kcsan/platform/vdso.h"

#include <link.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "doctest/doctest.h"

namespace kcsan {
namespace platform {
namespace {

int64_t ToNs(const timespec& time) {
  return int64_t{time.tv_sec} * 1000000000 + time.tv_nsec;
}

int64_t SystemCallNs() {
  timespec now;
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return ToNs(now);
}

TEST_CASE("it is the clock of the system call") {
  const ClockFunction clock = FindVdsoClock();
  if (getauxval(AT_SYSINFO_EHDR) == 0) {
    CHECK(!clock);
    return;
  }
  REQUIRE(!!clock);
  for (int i = 0; i < 1000; ++i) {
    const int64_t before = SystemCallNs();
    timespec now;
    REQUIRE(clock(CLOCK_MONOTONIC, &now) == 0);
    const int64_t after = SystemCallNs();
    CHECK(before <= ToNs(now));
    CHECK(ToNs(now) <= after);
  }
}

TEST_CASE("a name that is not there, and no image at all") {
  CHECK(FindInVdso(getauxval(AT_SYSINFO_EHDR), "__vdso_no_such") == nullptr);
  CHECK(FindInVdso(0, "__vdso_clock_gettime") == nullptr);
}

TEST_CASE("an image without a dynamic section") {
  std::vector<uint64_t> image(64);
  ElfW(Ehdr) header = {};
  header.e_phoff = sizeof(header);
  header.e_phnum = 1;
  memcpy(image.data(), &header, sizeof(header));
  ElfW(Phdr) segment = {};
  segment.p_type = PT_LOAD;
  memcpy(reinterpret_cast<char*>(image.data()) + sizeof(header), &segment,
         sizeof(segment));
  CHECK(FindInVdso(reinterpret_cast<uintptr_t>(image.data()), "x") == nullptr);
}

// As this program's own: the same format, with either kind of hash table.
TEST_CASE("symbols by the hash table that there is") {
  // The vDSO of some kernels has both, of some only the newer one.
  const uintptr_t image = getauxval(AT_SYSINFO_EHDR);
  if (image == 0) return;
  const auto* const header = reinterpret_cast<const ElfW(Ehdr)*>(image);
  const auto* const segments =
      reinterpret_cast<const ElfW(Phdr)*>(image + header->e_phoff);
  uintptr_t end = 0;
  uintptr_t dynamic = 0;
  for (int i = 0; i < header->e_phnum; ++i) {
    if (segments[i].p_type == PT_LOAD) {
      end = segments[i].p_offset + segments[i].p_filesz;
    } else if (segments[i].p_type == PT_DYNAMIC) {
      dynamic = segments[i].p_offset;
    }
  }
  std::vector<uint64_t> copy(end / 8 + 1);
  memcpy(copy.data(), reinterpret_cast<const void*>(image), end);
  const uintptr_t start = reinterpret_cast<uintptr_t>(copy.data());
  const char* const name =
#if defined(__x86_64__)
      "__vdso_clock_gettime";
#else
      "__kernel_clock_gettime";
#endif
  const auto offset = [&] {
    const void* const found = FindInVdso(start, name);
    return found == nullptr ? 0 : reinterpret_cast<uintptr_t>(found) - start;
  };
  const uintptr_t expected = offset();
  CHECK(expected != 0);
  for (const ElfW(Sxword) hidden : {DT_HASH, DT_GNU_HASH}) {
    auto* const first = reinterpret_cast<ElfW(Dyn)*>(start + dynamic);
    bool has_other = false;
    for (auto* entry = first; entry->d_tag != DT_NULL; ++entry) {
      has_other |= entry->d_tag == (hidden == DT_HASH ? DT_GNU_HASH : DT_HASH);
    }
    if (!has_other) continue;
    for (auto* entry = first; entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag != hidden) continue;
      entry->d_tag = DT_DEBUG;
      CAPTURE(hidden);
      CHECK(offset() == expected);
      entry->d_tag = hidden;
    }
  }
}

}  // namespace
}  // namespace platform
}  // namespace kcsan
