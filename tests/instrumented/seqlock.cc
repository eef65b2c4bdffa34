// SPDX-License-Identifier: Apache-2.0
//
// A seqlock: readers do race with the writer, and look again when they did;
// kcsan::SeqCount says so. The twin reads without it.

#include <sched.h>

#include "kcsan/kcsan.h"
#include "tests/instrumented/support.h"

namespace {

struct Point {
  long x, y, z;
};

struct Place {
  kcsan::SeqCount sequence;
  // One is copied as it ought to be, the other as old code does it.
  Point copied{}, plain{};
};

void Write(Place* place, long value) {
  const Point point{value, value + 1, value + 2};
  place->sequence.WriteBegin();
  once_memcpy_to(&place->copied, &point, sizeof(point));
  place->plain.x = value;
  place->plain.y = value + 1;
  place->plain.z = value + 2;
  place->sequence.WriteEnd();
}

bool IsWhole(const Point& point) {
  return point.y == point.x + 1 && point.z == point.x + 2;
}

bool Read(const Place& place) {
  Point copied, plain;
  unsigned sequence = 0;
  do {
    sequence = place.sequence.ReadBegin();
    once_memcpy(&copied, &place.copied, sizeof(copied));
    plain = place.plain;
  } while (place.sequence.ReadRetry(sequence));
  return IsWhole(copied) && IsWhole(plain) && copied.x == plain.x;
}

}  // namespace

bool Round(bool racy) {
  Place place;
  Write(&place, 0);
  bool right[3] = {true, true, true};
  long copy[3] = {};
  support::Together(3, [&](int self) {
    for (int i = 0; i < 300; ++i) {
      if (self == 0) {
        Write(&place, i);
        // Readers get a chance, also on one CPU.
        if (i % 50 == 0) sched_yield();
      } else {
        right[self] = Read(place) && right[self];
        if (racy) copy[self] += place.plain.y;
        Touch(&place);
      }
    }
  });
  return right[1] && right[2];
}
