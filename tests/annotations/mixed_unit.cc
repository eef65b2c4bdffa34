// SPDX-License-Identifier: Apache-2.0
//
// Compiled twice into mixed_test: with KCSAN_ENABLED=1 and without. The text is
// the same, what the annotations in it turn into is not.

#include <typeinfo>

#include "kcsan/annotations/checked.h"
#include "kcsan/annotations/data_racy.h"
#include "kcsan/annotations/endian.h"
#include "kcsan/annotations/once.h"
#include "kcsan/annotations/once_memcpy.h"
#include "kcsan/annotations/seqlock.h"
#include "kcsan/annotations/virtio.h"
#include "kcsan/assert/exclusive.h"
#include "kcsan/config.h"
#include "tests/annotations/mixed.h"

namespace mixed {
namespace {

constexpr auto kModern = kcsan::VirtioByteOrder::kModern;
constexpr unsigned kLowBits = 0x0f;

template <typename T>
void AddType(Unit* unit) {
  unit->layout.push_back(sizeof(T));
  unit->layout.push_back(alignof(T));
  unit->names.emplace_back(typeid(T).name());
}

Pair ReadPair(const Shared& shared) {
  Pair pair;
  unsigned start;
  do {
    start = shared.sequence.ReadBegin();
    once_memcpy(&pair, &shared.pair, sizeof(pair));
  } while (shared.sequence.ReadRetry(start));
  return pair;
}

void WritePair(Shared* shared, const Pair& pair) {
  shared->sequence.WriteBegin();
  once_memcpy_to(&shared->pair, &pair, sizeof(pair));
  shared->sequence.WriteEnd();
}

}  // namespace

template <>
long Sum<KCSAN_ENABLED>(const Shared& shared,
                        const kcsan::checked<long>& balance,
                        const kcsan::data_racy<double>& real,
                        const kcsan::SeqCount& sequence, kcsan::le32 length,
                        kcsan::virtio16 idx) {
  const unsigned start = sequence.ReadBegin();
  const Pair pair = shared.whole;
  long sum = shared.first + balance + shared.small + static_cast<long>(real) +
             shared.lookups + shared.pair.a + shared.pair.b + length.ToCpu() +
             idx.ToCpu(kModern) + pair.a + pair.b + shared.flags;
  if (sequence.ReadRetry(start)) sum = -1;
  return sum;
}

template <>
Unit GetUnit<KCSAN_ENABLED>() {
  Unit unit = {};
  unit.enabled = KCSAN_ENABLED;
  AddType<kcsan::checked<long>>(&unit);
  AddType<kcsan::checked<unsigned char>>(&unit);
  AddType<kcsan::checked<Pair>>(&unit);
  AddType<kcsan::data_racy<double>>(&unit);
  AddType<kcsan::data_racy<std::uint16_t>>(&unit);
  AddType<kcsan::SeqCount>(&unit);
  AddType<kcsan::le16>(&unit);
  AddType<kcsan::le32>(&unit);
  AddType<kcsan::virtio16>(&unit);
  AddType<Shared>(&unit);
  const std::size_t offsets[] = {
      offsetof(Shared, balance),  offsetof(Shared, small),
      offsetof(Shared, real),     offsetof(Shared, lookups),
      offsetof(Shared, sequence), offsetof(Shared, pair),
      offsetof(Shared, length),   offsetof(Shared, idx),
      offsetof(Shared, whole),    offsetof(Shared, flags),
  };
  for (const std::size_t offset : offsets) unit.layout.push_back(offset);

  unit.read_balance = [](const Shared& s) -> long { return s.balance; };
  unit.write_balance = [](Shared* s, long value) { s->balance = value; };
  unit.add_balance = [](Shared* s, long value) { s->balance += value; };
  unit.count_lookup = [](Shared* s) { s->lookups++; };
  unit.read_pair = ReadPair;
  unit.write_pair = WritePair;
  unit.read_idx = [](const Shared& s) -> unsigned {
    return VIRTIO16_READ(kModern, s.idx);
  };
  unit.write_idx = [](Shared* s, unsigned value) {
    VIRTIO16_WRITE(kModern, s->idx, static_cast<std::uint16_t>(value));
  };
  unit.write_length = [](Shared* s, unsigned value) {
    LE32_WRITE(s->length, value);
  };
  unit.claim_flags = [](const Shared& s) { ASSERT_EXCLUSIVE_WRITER(s.flags); };
  unit.claim_low_bits = [](const Shared& s) {
    ASSERT_EXCLUSIVE_BITS(s.flags, kLowBits);
  };
  unit.claim_length = [](const Shared& s) {
    ASSERT_EXCLUSIVE_ACCESS(s.length);
  };
  unit.write_flags = [](Shared* s, unsigned value) {
    WRITE_ONCE(s->flags, value);
  };
  unit.sum = [](const Shared& s) {
    return Sum<1 - KCSAN_ENABLED>(s, s.balance, s.real, s.sequence, s.length,
                                  s.idx);
  };
  return unit;
}

}  // namespace mixed
