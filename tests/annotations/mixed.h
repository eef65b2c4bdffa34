// SPDX-License-Identifier: Apache-2.0
//
// What two files of one program share in mixed_test.cc, although one is
// compiled with the detector and one without. mixed_unit.cc is both files.

#ifndef KCSAN_TESTS_ANNOTATIONS_MIXED_H_
#define KCSAN_TESTS_ANNOTATIONS_MIXED_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kcsan/annotations/checked.h"
#include "kcsan/annotations/data_racy.h"
#include "kcsan/annotations/endian.h"
#include "kcsan/annotations/seqlock.h"

namespace mixed {

struct Pair {
  long a, b;
};

// Each wrapper, in an order that leaves holes.
struct Shared {
  char first = 1;
  kcsan::checked<long> balance = 2;
  kcsan::checked<unsigned char> small = 3;
  kcsan::data_racy<double> real = 4;
  kcsan::data_racy<std::uint16_t> lookups = 5;
  kcsan::SeqCount sequence;
  Pair pair = {6, 7};  // under the sequence
  kcsan::le32 length = kcsan::le32::FromCpu(8);
  kcsan::virtio16 idx =
      kcsan::virtio16::FromCpu(kcsan::VirtioByteOrder::kModern, 9);
  kcsan::checked<Pair> whole = Pair{10, 11};
  unsigned flags = 12;
};

// What one file does with the other's objects.
struct Unit {
  int enabled;  // its KCSAN_ENABLED
  // Sizes, alignments and offsets, and the types' names.
  std::vector<std::size_t> layout;
  std::vector<std::string> names;

  long (*read_balance)(const Shared&);
  void (*write_balance)(Shared*, long);
  void (*add_balance)(Shared*, long);
  void (*count_lookup)(Shared*);
  // By the sequence.
  Pair (*read_pair)(const Shared&);
  void (*write_pair)(Shared*, const Pair&);
  // Of a virtqueue.
  unsigned (*read_idx)(const Shared&);
  void (*write_idx)(Shared*, unsigned);
  void (*write_length)(Shared*, unsigned);
  // Claims, and marked writes that break them.
  void (*claim_flags)(const Shared&);
  void (*claim_low_bits)(const Shared&);
  void (*claim_length)(const Shared&);
  void (*write_flags)(Shared*, unsigned);
  // Takes the sum of everything, by way of the other file's Sum().
  long (*sum)(const Shared&);
};

template <int kEnabled>
Unit GetUnit();
template <>
Unit GetUnit<0>();
template <>
Unit GetUnit<1>();

// Named after the wrappers that it takes: that the program links proves that
// both files give them the same names.
template <int kEnabled>
long Sum(const Shared& shared, const kcsan::checked<long>& balance,
         const kcsan::data_racy<double>& real, const kcsan::SeqCount& sequence,
         kcsan::le32 length, kcsan::virtio16 idx);
template <>
long Sum<0>(const Shared&, const kcsan::checked<long>&,
            const kcsan::data_racy<double>&, const kcsan::SeqCount&,
            kcsan::le32, kcsan::virtio16);
template <>
long Sum<1>(const Shared&, const kcsan::checked<long>&,
            const kcsan::data_racy<double>&, const kcsan::SeqCount&,
            kcsan::le32, kcsan::virtio16);

}  // namespace mixed

#endif  // KCSAN_TESTS_ANNOTATIONS_MIXED_H_
