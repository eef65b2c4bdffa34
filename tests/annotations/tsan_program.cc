// SPDX-License-Identifier: Apache-2.0
//
// Pairs of accesses for the real ThreadSanitizer to judge. Run by tsan_test.py:
//
//   tsan_program NAME      one meeting of two threads
//   tsan_program           the list: "NAME race" or "NAME silent"
//
// The first thread's part comes before the second's, by relaxed atomics that
// order nothing for ThreadSanitizer: no luck is needed, and no overlap in time.

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <mutex>
#include <thread>

#include "kcsan/kcsan.h"

namespace {

struct __attribute__((packed)) Packed {
  char pad;
  std::uint32_t odd;  // at a misaligned address
  char more_pad[3];
  std::uint32_t even;  // aligned, which the compiler does not know
};
struct Large {
  long words[4];
};

long x, y;
double real;
alignas(8) Packed packed;
Large large;
std::mutex mutex;
std::uint16_t field;
kcsan::data_racy<long> racy;
kcsan::checked<long> checked;
kcsan::SeqCount sequence;
int references = 2;
volatile long sink;  // or reads would be left out

int turn;
// Lets the second thread run (2), or the first one again (3).
void PassTurn(int next) { __atomic_store_n(&turn, next, __ATOMIC_RELAXED); }
void AwaitTurn(int mine) {
  while (__atomic_load_n(&turn, __ATOMIC_RELAXED) < mine) {
    std::this_thread::yield();
  }
}

void Drop() {
  if (__atomic_sub_fetch(&references, 1, __ATOMIC_ACQ_REL) == 0) {
    ASSERT_EXCLUSIVE_ACCESS(large);
    large.words[0] = 0;
  }
}
void BadDrop() {
  if (__atomic_sub_fetch(&references, 1, __ATOMIC_RELAXED) == 0) {
    ASSERT_EXCLUSIVE_ACCESS(large);
  }
}

__no_kcsan __attribute__((noinline)) void ReadUnseen() { sink = x; }

using Body = std::function<void()>;
struct Case {
  const char* name;
  bool is_race;
  Body first, second;
};

const Case kCases[] = {
    // The control: without annotations this is reported.
    {"plain_plain", true, [] { x = 1; }, [] { sink = x; }},
    {"once_once", false, [] { WRITE_ONCE(x, 1); }, [] { sink = READ_ONCE(x); }},
    {"once_double", false, [] { WRITE_ONCE(real, 1.5); },
     [] { sink = READ_ONCE(real) > 1; }},
    {"plain_read_once", true, [] { x = 1; }, [] { sink = READ_ONCE(x); }},
    {"write_once_plain", true, [] { WRITE_ONCE(x, 1); }, [] { sink = x; }},
    {"nocheck", false, [] { x = 1; }, [] { sink = READ_ONCE_NOCHECK(x); }},
    {"no_kcsan", false, [] { x = 1; }, ReadUnseen},
    {"packed_even", false, [] { WRITE_ONCE(packed.even, 1u); },
     [] { sink = READ_ONCE(packed.even); }},
    {"packed_even_plain", true, [] { WRITE_ONCE(packed.even, 1u); },
     [] { sink = packed.even; }},
    {"packed_odd", false, [] { WRITE_ONCE(packed.odd, 1u); },
     [] { sink = READ_ONCE(packed.odd); }},
    {"packed_odd_plain", true, [] { packed.odd = 1; },
     [] { sink = packed.odd; }},
    {"virtio", false,
     [] { VIRTIO16_WRITE(kcsan::VirtioByteOrder::kModern, field, 1); },
     [] { sink = LE16_READ(field); }},
    {"virtio_plain", true, [] { LE16_WRITE(field, 1); }, [] { sink = field; }},

    {"data_race_read", false, [] { x = 1; }, [] { sink = data_race(x); }},
    {"data_race_write", false, [] { data_race(x = 1); }, [] { sink = x; }},
    {"data_race_only_its_own", true, [] { y = 1; },
     [] { sink = data_race(x) + y; }},
    {"data_racy", false, [] { racy += 1; }, [] { sink = racy; }},
    {"checked", true, [] { checked += 1; }, [] { sink = checked; }},
    {"atomic_region", false,
     [] {
       kcsan::AtomicRegion region;
       x = 1;
     },
     [] { sink = READ_ONCE(x); }},

    {"release_acquire", false,
     [] {
       y = 7;
       smp_store_release(&x, 1);
     },
     [] {
       if (smp_load_acquire(&x) == 1) sink = y;
     }},
    {"release_once", true,
     [] {
       y = 7;
       smp_store_release(&x, 1);
     },
     [] {
       if (READ_ONCE(x) == 1) sink = y;
     }},
    // As documented: it does not understand fences.
    {"fences", true,
     [] {
       y = 7;
       smp_wmb();
       WRITE_ONCE(x, 1);
     },
     [] {
       if (READ_ONCE(x) == 1) {
         smp_rmb();
         sink = y;
       }
     }},
    {"once_memcpy", false,
     [] {
       const Large own = {{1, 2, 3, 4}};
       once_memcpy_to(&large, &own, sizeof(own));
     },
     [] {
       Large own;
       once_memcpy(&own, &large, sizeof(own));
       sink = own.words[3];
     }},
    {"once_memcpy_plain", true, [] { large.words[2] = 1; },
     [] {
       Large own;
       once_memcpy(&own, &large, sizeof(own));
       sink = own.words[3];
     }},
    {"seqlock", false,
     [] {
       const Large own = {{1, 2, 3, 4}};
       sequence.WriteBegin();
       once_memcpy_to(&large, &own, sizeof(own));
       sequence.WriteEnd();
     },
     [] {
       Large own;
       unsigned start;
       do {
         start = sequence.ReadBegin();
         once_memcpy(&own, &large, sizeof(own));
       } while (sequence.ReadRetry(start));
       sink = own.words[3];
     }},
    {"seqlock_two_writers", true,
     [] {
       sequence.WriteBegin();
       sequence.WriteEnd();
     },
     [] {
       sequence.WriteBegin();
       sequence.WriteEnd();
     }},

    {"writer_and_write", true,
     [] {
       ASSERT_EXCLUSIVE_WRITER(x);
       WRITE_ONCE(x, 1);
     },
     [] { WRITE_ONCE(x, 2); }},
    {"writer_and_write_locked", false,
     [] {
       const std::lock_guard<std::mutex> lock(mutex);
       ASSERT_EXCLUSIVE_WRITER(x);
       WRITE_ONCE(x, 1);
     },
     [] {
       const std::lock_guard<std::mutex> lock(mutex);
       ASSERT_EXCLUSIVE_WRITER(x);
       WRITE_ONCE(x, 2);
     }},
    {"writer_and_read", false, [] { ASSERT_EXCLUSIVE_WRITER(x); },
     [] { sink = READ_ONCE(x); }},
    {"access_and_read", true, [] { ASSERT_EXCLUSIVE_ACCESS(x); },
     [] { sink = READ_ONCE(x); }},
    {"access_struct", true, [] { ASSERT_EXCLUSIVE_ACCESS(large); },
     [] { sink = READ_ONCE(large.words[3]); }},
    {"access_after_last_reference", false,
     [] {
       WRITE_ONCE(large.words[1], 1);
       Drop();
     },
     [] {
       WRITE_ONCE(large.words[1], 2);
       Drop();
     }},
    {"access_after_bad_drop", true,
     [] {
       WRITE_ONCE(large.words[1], 1);
       BadDrop();
     },
     [] {
       WRITE_ONCE(large.words[1], 2);
       BadDrop();
     }},
    {"bits", false, [] { ASSERT_EXCLUSIVE_BITS(x, 1); },
     [] { WRITE_ONCE(x, 1); }},
    {"writer_scoped", true,
     [] {
       ASSERT_EXCLUSIVE_WRITER_SCOPED(x);
       PassTurn(2);
       AwaitTurn(3);
     },
     [] {
       WRITE_ONCE(x, 1);
       PassTurn(3);
     }},
    {"writer_scoped_and_read", false,
     [] {
       ASSERT_EXCLUSIVE_WRITER_SCOPED(x);
       PassTurn(2);
       AwaitTurn(3);
     },
     [] {
       sink = READ_ONCE(x);
       PassTurn(3);
     }},
    {"access_scoped", true,
     [] {
       ASSERT_EXCLUSIVE_ACCESS_SCOPED(x);
       PassTurn(2);
       AwaitTurn(3);
     },
     [] {
       sink = READ_ONCE(x);
       PassTurn(3);
     }},
    {"bits_scoped", false, [] { ASSERT_EXCLUSIVE_BITS_SCOPED(x, 1); },
     [] { WRITE_ONCE(x, 1); }},
};

void Meet(const Case& meeting) {
  std::thread first([&] {
    meeting.first();
    PassTurn(2);
  });
  std::thread second([&] {
    AwaitTurn(2);
    meeting.second();
  });
  first.join();
  second.join();
}

}  // namespace

int main(int argc, char** argv) {
  for (const Case& meeting : kCases) {
    if (argc < 2) {
      std::printf("%s %s\n", meeting.name, meeting.is_race ? "race" : "silent");
    } else if (std::strcmp(argv[1], meeting.name) == 0) {
      Meet(meeting);
      return 0;
    }
  }
  return argc < 2 ? 0 : 2;
}
