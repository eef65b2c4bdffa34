// SPDX-License-Identifier: Apache-2.0

#include "kcsan/core/record.h"

#include "kcsan/core/context.h"
#include "kcsan/core/hooks.h"

namespace kcsan {
namespace core {
namespace {

// Makes a stack taken at check.entry_pc begin at check.access.pc, which stands
// in one of its functions: the frames above that function are in callees that
// the access knows nothing of. When the function has returned already (a scope
// object that was moved up the stack), the place is put on top.
void MoveStackTo(uintptr_t pc, AccessRecord* record) {
  const uintptr_t function = g_hooks.function_start(pc);
  int first = -1;
  if (function != 0) {
    for (int i = 0; i < record->num_frames && first < 0; ++i) {
      if (g_hooks.function_start(record->frames[i]) == function) first = i;
    }
  }
  if (first >= 0) {
    for (int i = first; i < record->num_frames; ++i) {
      record->frames[i - first] = record->frames[i];
    }
    record->num_frames -= first;
  } else {
    if (record->num_frames < kMaxFrames) ++record->num_frames;
    for (int i = record->num_frames - 1; i > 0; --i) {
      record->frames[i] = record->frames[i - 1];
    }
  }
  record->frames[0] = pc;
}

}  // namespace

void FillRecord(const Check& check, AccessRecord* record) {
  const Access& access = check.access;
  record->address = AddressOf(access.ptr);
  record->size = access.size;
  record->type = access.type;
  record->reordered = check.origin == Origin::kReordered;
  record->reordered_to = record->reordered ? check.entry_pc : 0;
  record->in_signal_handler = false;
  record->thread_id = t_context.thread_id;
  record->cpu = g_hooks.cpu();
  g_hooks.thread_name(record->thread_name);
  record->site = access.site;
  record->num_frames =
      g_hooks.unwind(check.entry_pc, record->frames, kMaxFrames);
  if (check.origin != Origin::kCurrent) MoveStackTo(access.pc, record);
}

}  // namespace core
}  // namespace kcsan
