// SPDX-License-Identifier: Apache-2.0
//
// Cases 2 to 15 and 23 to 26 of the kernel's suite: plain and marked accesses.
// In each, the set-up that must be silent stands beside one that must not.

#include <cstdint>

#include "doctest/doctest.h"
#include "tests/kernel_suite/kernels.h"
#include "tests/kernel_suite/suite.h"

namespace kernel_suite {
namespace {

// --- What stands in reports --------------------------------------------------

const Side kReader = Read("ReadValue", g_value);
const Side kWriter = Write("WriteValue", g_value);
const Side kSameWriter = Write("WriteSameValue", g_value);
const Side kOnceWriter = Marked(Write("WriteValueOnce", g_value));

// One plain reader or more against one plain writer: what controls are.
Plan PlainControl() {
  Plan plan;
  plan.label = "plain";
  plan.first = WriteValue;
  plan.others = {ReadValue};
  plan.interrupt = ReadValue;
  plan.want = {Race(kReader, kWriter)};
  return plan;
}

TEST_CASE("basic") {
  Plan race;
  race.label = "read/write";
  race.others = {ReadValue, WriteValue};
  race.interrupt = WriteValue;
  race.want = {Race(kReader, kWriter)};
  race.may = {Race(kWriter, kWriter)};
  Plan reads;
  reads.label = "read/read";
  reads.others = {ReadValue};
  reads.interrupt = ReadValue;
  RunCase("2 basic", {race, reads});
}

TEST_CASE("concurrent races") {
  Side element = Modify("AddToArray", g_array);
  element.size = sizeof(g_array[0]);
  Plan races;
  races.label = "element++";
  races.others = {AddToArray};
  races.interrupt = AddToArray;
  races.want = {Race(element, element)};
  RunCase("3 concurrent_races", {races});
}

TEST_CASE("no value change") {
  Plan all;
  all.label = "all";
  all.others = {ReadValue, WriteSameValue};
  all.interrupt = ReadValue;
  all.want = {Race(kReader, kSameWriter, Change::kNo)};
  all.may = {Race(kSameWriter, kSameWriter, Change::kNo)};
  all.value = 42;
  Plan only_changes = all;
  only_changes.label = "value_change_only";
  only_changes.options = "report_value_change_only=1";
  only_changes.want = {};
  only_changes.may = {};
  Plan change = PlainControl();
  change.label = "same, with change";
  change.options = "report_value_change_only=1";
  change.want = {Race(kReader, kWriter, Change::kYes)};
  RunCase("4 novalue_change", {all, only_changes, change});
}

TEST_CASE("no value change, exception") {
  const Side writer = Write("WriteSame_rcu", g_value);
  Plan exception;
  exception.label = "value_change_only, *_rcu";
  exception.options = "report_value_change_only=1";
  exception.others = {ReadValue, WriteSame_rcu};
  exception.interrupt = ReadValue;
  exception.want = {Race(kReader, writer, Change::kNo)};
  exception.may = {Race(writer, writer, Change::kNo)};
  exception.value = 42;
  RunCase("5 novalue_change_exception", {exception});
}

TEST_CASE("unknown origin") {
  Plan on;
  on.label = "on";
  on.options = "report_race_unknown_origin=1";
  on.first = WriteValueUnseen;
  on.others = {ReadValue};
  on.interrupt = ReadValue;
  on.want = {UnknownOrigin(kReader)};
  Plan off = on;
  off.label = "off";
  off.options = "report_race_unknown_origin=0";
  off.want = {};
  RunCase("6 unknown_origin", {on, off});
}

TEST_CASE("write/write, assumed atomic") {
  Plan strict;
  strict.label = "strict";
  strict.others = {WriteValue};
  strict.interrupt = WriteValue;
  strict.want = {Race(kWriter, kWriter)};
  Plan assumed = strict;
  assumed.label = "assumed atomic";
  assumed.is_watched = false;
  assumed.options = "assume_plain_writes_atomic=1";
  assumed.want = {};
  RunCase("7 write_write_assume_atomic", {strict, assumed});
}

TEST_CASE("write/write of a struct") {
  const Side whole = Write("WriteBlock", g_block);
  Plan strict;
  strict.label = "strict";
  strict.others = {WriteBlock};
  strict.interrupt = WriteBlock;
  strict.want = {Race(whole, whole)};
  Plan lax = strict;
  lax.label = "lax";
  lax.options = "assume_plain_writes_atomic=1:report_value_change_only=1";
  RunCase("8 write_write_struct", {strict, lax});
}

TEST_CASE("write/write of a part of a struct") {
  const Side whole = Write("WriteBlock", g_block);
  const Side part = Write("WriteBlockPart", g_block.part[3]);
  Plan strict;
  strict.label = "strict";
  strict.others = {WriteBlock, WriteBlockPart};
  strict.interrupt = WriteBlockPart;
  strict.want = {Race(whole, part)};
  strict.may = {Race(whole, whole), Race(part, part)};
  Plan lax = strict;
  lax.label = "lax";
  lax.options = "assume_plain_writes_atomic=1:report_value_change_only=1";
  lax.may = {Race(whole, whole)};
  RunCase("9 write_write_struct_part", {strict, lax});
}

TEST_CASE("both marked") {
  Plan marked;
  marked.label = "both marked";
  marked.is_watched = false;
  marked.others = {ReadValueOnce, WriteValueOnce};
  marked.interrupt = WriteValueOnce;
  RunCase("10 read_atomic_write_atomic", {marked, PlainControl()});
}

TEST_CASE("plain read, marked write") {
  Plan race;
  race.label = "plain/marked";
  race.others = {ReadValue, WriteValueOnce};
  race.interrupt = WriteValueOnce;
  race.want = {Race(kReader, kOnceWriter)};
  RunCase("11 read_plain_atomic_write", {race});
}

TEST_CASE("plain read, marked read-modify-write") {
  Plan race;
  race.label = "plain/marked";
  race.others = {ReadValue, ModifyValueAtomically};
  race.interrupt = ModifyValueAtomically;
  race.want = {
      Race(kReader, MarkedModify(Write("ModifyValueAtomically", g_value)))};
  RunCase("12 read_plain_atomic_rmw", {race});
}

TEST_CASE("accesses of no bytes") {
  Plan nothing = PlainControl();
  nothing.label = "no bytes";
  nothing.others = {TouchNothing};
  nothing.interrupt = TouchNothing;
  nothing.want = {};
  RunCase("13 zero_size_access", {nothing, PlainControl()});
}

TEST_CASE("data_race()") {
  Plan silenced = PlainControl();
  silenced.label = "data_race()";
  silenced.others = {ReadValueRacily};
  silenced.interrupt = ReadValueRacily;
  silenced.want = {};
  RunCase("14 data_race", {silenced, PlainControl()});
}

TEST_CASE("data_racy<T>") {
  Plan racy;
  racy.label = "data_racy";
  racy.is_watched = false;
  racy.others = {WriteRacy, ReadRacy};
  racy.interrupt = WriteRacy;
  RunCase("15 data_racy_qualifier", {racy, PlainControl()});
}

TEST_CASE("ticks") {
  Plan ticks;
  ticks.label = "volatile";
  ticks.is_watched = false;
  ticks.others = {ReadTicks};
  ticks.interrupt = WriteTicks;
  RunCase("23 jiffies_noreport", {ticks, PlainControl()});
}

TEST_CASE("sequence lock") {
  Plan locked;
  locked.label = "locked";
  locked.first = WriteUnderSequence;
  locked.others = {ReadUnderSequence};
  // Only readers are interrupted: a reader on top of its own writer would wait
  // for ever.
  locked.interrupt = ReadUnderSequence;
  locked.interrupt_first = false;
  Side reader = Read("ReadBlockByPart", g_block);
  Side writer = Write("WriteBlockByPart", g_block);
  reader.size = writer.size = sizeof(g_block.part[0]);
  Plan bare = locked;
  bare.label = "bare";
  bare.first = WriteBlockByPart;
  bare.others = {ReadBlockByPart};
  bare.interrupt = ReadBlockByPart;
  bare.interrupt_first = true;
  bare.want = {Race(reader, writer)};
  RunCase("24 seqlock_noreport", {locked, bare});
}

TEST_CASE("atomic builtins") {
  const char* wrong = nullptr;
  RunAlone("", [&] { wrong = CheckAtomicResults(); });
  INFO("wrong: " << (wrong == nullptr ? "nothing" : wrong));
  CHECK(wrong == nullptr);
  Plan builtins;
  builtins.label = "builtins";
  builtins.is_watched = false;
  builtins.others = {UseAtomicBuiltins};
  builtins.interrupt = UseAtomicBuiltins;
  RunCase("25 atomic_builtins", {builtins, PlainControl()});
  const char* const wrong_sum = CheckAtomicSums();
  INFO("wrong: " << (wrong_sum == nullptr ? "nothing" : wrong_sum));
  CHECK(wrong_sum == nullptr);
}

TEST_CASE("one bit changes") {
  const Side flipper = MarkedModify(Write("FlipOneBit", g_value));
  Plan strict;
  strict.label = "strict";
  strict.options = "report_value_change_only=1";
  strict.others = {ReadValue, FlipOneBit};
  strict.interrupt = ReadValue;
  strict.want = {Race(kReader, flipper, Change::kYes)};
  Plan permissive = strict;
  permissive.label = "permissive";
  permissive.options = "report_value_change_only=1:permissive=1";
  permissive.want = {};
  Plan bytes = PlainControl();
  bytes.label = "permissive, more bits";
  bytes.options = permissive.options;
  bytes.want = {Race(kReader, kWriter, Change::kYes)};
  RunCase("26 1bit_value_change", {strict, permissive, bytes});
}

// Not a case of the kernel's, but an option of it.
TEST_CASE("interrupt watcher") {
  Side writer = Write("WriteOwn", g_value);
  Side reader = Read("ReadOwn", g_value);
  // Wherever a thread has it.
  writer.begin = reader.begin = nullptr;
  writer.end = reader.end = reinterpret_cast<const void*>(~std::uintptr_t{0});
  reader.in_signal_handler = true;
  Plan on;
  on.label = "on";
  on.options = "signal_watcher=1";
  on.others = {WriteOwn};
  on.interrupt = ReadOwn;
  on.want = {Race(writer, reader)};
  Plan off = on;
  off.label = "off";
  off.options = "signal_watcher=0";
  off.want = {};
  RunCase("extra: interrupt_watcher", {on, off});
}

}  // namespace
}  // namespace kernel_suite
