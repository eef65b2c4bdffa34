// SPDX-License-Identifier: Apache-2.0
//
// Cases 16 to 22 of the kernel's suite: claims. A violated claim is reported
// whatever the options say of values and unknown origins.

#include "doctest/doctest.h"
#include "tests/kernel_suite/kernels.h"
#include "tests/kernel_suite/suite.h"

namespace kernel_suite {
namespace {

constexpr char kLax[] = "report_value_change_only=1";

// So that they have been caught at the beginning, inside and at the end.
constexpr int kTimes = 20;

const Side kWriterClaim = WriterClaim("ClaimWriter", g_value);
const Side kAccessClaim = AccessClaim("ClaimAccess", g_value);

TEST_CASE("ASSERT_EXCLUSIVE_WRITER") {
  Plan marked;
  marked.label = "marked, same value";
  marked.options = kLax;
  marked.others = {ClaimWriter, WriteSameValueOnce};
  marked.interrupt = WriteSameValueOnce;
  marked.want = {
      Race(kWriterClaim, Marked(Write("WriteSameValueOnce", g_value)))};
  marked.value = 42;
  Plan plain = marked;
  plain.label = "plain";
  plain.first = WriteValue;
  plain.others = {ClaimWriter};
  plain.interrupt = ClaimWriter;
  plain.want = {Race(kWriterClaim, Write("WriteValue", g_value))};
  plain.may = {UnknownOrigin(kWriterClaim)};
  Plan readers = marked;
  readers.label = "readers";
  readers.others = {ClaimWriter, ReadValueOnce, ReadValue};
  readers.interrupt = ReadValueOnce;
  readers.want = {};
  RunCase("16 assert_exclusive_writer", {marked, plain, readers});
}

TEST_CASE("ASSERT_EXCLUSIVE_ACCESS") {
  Plan read;
  read.label = "plain read";
  read.options = kLax;
  read.first = ClaimAccess;
  read.others = {ReadValue};
  read.interrupt = ReadValue;
  read.interrupt_first = false;
  read.want = {Race(kAccessClaim, Read("ReadValue", g_value))};
  Plan alone = read;
  alone.label = "of other bytes";
  alone.others = {ReadTicks, WriteBlockPart};
  alone.interrupt = ReadTicks;
  alone.want = {};
  alone.may = {Race(Write("WriteBlockPart", g_block.part[3]),
                    Write("WriteBlockPart", g_block.part[3]))};
  RunCase("17 assert_exclusive_access", {read, alone});
}

TEST_CASE("claims against claims") {
  Plan both;
  both.label = "access/writer";
  both.options = kLax;
  both.others = {ClaimAccess, ClaimWriter};
  both.interrupt = ClaimWriter;
  both.want = {Race(kAccessClaim, kWriterClaim)};
  both.may = {Race(kAccessClaim, kAccessClaim)};
  Plan access = both;
  access.label = "access/access";
  access.others = {ClaimAccess};
  access.interrupt = ClaimAccess;
  access.want = {Race(kAccessClaim, kAccessClaim)};
  access.may = {};
  Plan writer = both;
  writer.label = "writer/writer";
  writer.others = {ClaimWriter};
  writer.interrupt = ClaimWriter;
  writer.want = {};
  writer.may = {};
  RunCase("18 assert_exclusive_access_writer", {both, access, writer});
}

TEST_CASE("ASSERT_EXCLUSIVE_BITS, they change") {
  const Side claim = WriterClaim("ClaimBits", g_value);
  const Side flipper = MarkedModify(Write("FlipOwnedBits", g_value));
  Plan change;
  change.label = "owned bits";
  change.options = kLax;
  change.others = {ClaimBits, FlipOwnedBits};
  change.interrupt = ClaimBits;
  change.want = {Race(claim, flipper, Change::kYes, kOwnedBits)};
  change.may = {UnknownOrigin(claim, kOwnedBits)};
  RunCase("19 assert_exclusive_bits_change", {change});
}

TEST_CASE("ASSERT_EXCLUSIVE_BITS, others change") {
  Plan no_change;
  no_change.label = "free bits";
  no_change.options = kLax;
  no_change.others = {ClaimBits, FlipFreeBits};
  no_change.interrupt = FlipFreeBits;
  Plan whole = no_change;
  whole.label = "same, all claimed";
  whole.others = {ClaimWriter, FlipFreeBits};
  whole.want = {
      Race(kWriterClaim, MarkedModify(Write("FlipFreeBits", g_value)))};
  whole.may = {UnknownOrigin(kWriterClaim)};
  RunCase("20 assert_exclusive_bits_nochange", {no_change, whole});
}

TEST_CASE("ASSERT_EXCLUSIVE_WRITER_SCOPED") {
  // Where the scope begins, and not where the thread is just then.
  const Side claim = Scoped(WriterClaim("ClaimWriterInScope", g_value));
  Plan write;
  write.label = "marked write";
  write.options = kLax;
  write.others = {WriteValueOnce, ClaimWriterInScope};
  write.interrupt = WriteValueOnce;
  write.want = {Race(claim, Marked(Write("WriteValueOnce", g_value)))};
  write.may = {UnknownOrigin(claim)};
  write.times = kTimes;
  Plan read = write;
  read.label = "read";
  read.others = {ReadValue, ClaimWriterInScope};
  read.interrupt = ReadValue;
  read.want = {};
  read.may = {};
  RunCase("21 assert_exclusive_writer_scoped", {write, read});
}

TEST_CASE("ASSERT_EXCLUSIVE_ACCESS_SCOPED") {
  const Side claim = Scoped(AccessClaim("ClaimAccessInScope", g_value));
  Plan read;
  read.label = "marked read";
  read.options = kLax;
  read.others = {ReadValueOnce, ClaimAccessInScope};
  read.interrupt = ReadValueOnce;
  read.want = {Race(claim, Marked(Read("ReadValueOnce", g_value)))};
  read.may = {Race(claim, claim)};
  read.times = kTimes;
  Plan itself = read;
  itself.label = "itself";
  itself.others = {ClaimAccessInScope};
  itself.interrupt = ClaimAccessInScope;
  itself.want = {Race(claim, claim)};
  itself.may = {};
  Plan inside = read;
  inside.label = "without the scope";
  inside.others = {ReadValueOnce, ScopeInside};
  inside.want = {};
  inside.may = {};
  RunCase("22 assert_exclusive_access_scoped", {read, itself, inside});
}

}  // namespace
}  // namespace kernel_suite
