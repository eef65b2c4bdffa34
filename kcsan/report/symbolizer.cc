// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/symbolizer.h"

#include <backtrace.h>
#include <string.h>

#include "kcsan/report/debug_info.h"
#include "kcsan/report/function_name.h"
#include "kcsan/report/modules.h"

namespace kcsan {
namespace report {
namespace {

enum : size_t { kMaxName = 200 };

// Missing or broken debug information is no error: there is a next best answer.
void IgnoreError(void*, const char*, int) {}

const char* CopyName(NamePool* names, const char* symbol) {
  char name[kMaxName];
  FormatFunctionName(symbol, name, sizeof(name));
  return names->Copy(name, strlen(name));
}

// Clang puts the directory of the build into paths; Bazel's is a link that
// means nothing afterwards.
const char* CopyFile(NamePool* names, const char* file) {
  static constexpr char kBuildDirectory[] = "/proc/self/cwd/";
  if (strncmp(file, kBuildDirectory, sizeof(kBuildDirectory) - 1) == 0) {
    file += sizeof(kBuildDirectory) - 1;
  }
  return names->Copy(file, strlen(file));
}

struct Lines {
  NamePool* names;
  ReportAccess* access;
  uintptr_t pc;
  int first;    // index of the first line of this address
  bool is_top;  // of the stack
  bool found;
  bool only_annotations;  // were found so far
};

Frame* AddFrame(Lines* lines) {
  if (lines->access->num_frames == kMaxLines) return nullptr;
  Frame* const frame = &lines->access->frames[lines->access->num_frames++];
  *frame = Frame();
  frame->pc = lines->pc;
  return frame;
}

// Once for each function at the address, the innermost first.
int OnLine(void* data, uintptr_t, const char* file, int line,
           const char* function) {
  Lines* const lines = static_cast<Lines*>(data);
  // Line tables alone (-gline-tables-only) name no function. The symbol table
  // will.
  if (function == nullptr && file == nullptr) return 0;
  // What an annotation inlined is not the user's code. It goes when the
  // function comes that it was inlined into.
  if (lines->is_top && lines->found && lines->only_annotations) {
    lines->access->num_frames = lines->first;
  }
  Frame* const frame = AddFrame(lines);
  if (frame == nullptr) return 1;
  lines->found = true;
  if (function != nullptr) frame->function = CopyName(lines->names, function);
  lines->only_annotations = lines->only_annotations &&
                            frame->function != nullptr &&
                            IsAnnotationCode(frame->function);
  if (file != nullptr) frame->file = CopyFile(lines->names, file);
  frame->line = line;
  return 0;
}

struct Symbol {
  const char* name;
  uintptr_t value;
  uintptr_t size;
};

void OnSymbol(void* data, uintptr_t, const char* name, uintptr_t value,
              uintptr_t size) {
  *static_cast<Symbol*>(data) = Symbol{name, value, size};
}

Symbol FindSymbol(uintptr_t pc) {
  Symbol symbol = {};
  backtrace_state* const state = DebugInfoFor(pc);
  if (state == nullptr) return symbol;
  backtrace_syminfo(state, pc, &OnSymbol, &IgnoreError, &symbol);
  return symbol;
}

// After the function was looked for: the build id is for what has no name.
void AddModule(NamePool* names, Frame* frame) {
  Module module;
  if (!FindModule(frame->pc - 1, &module)) return;
  frame->module = names->Copy(module.name, strlen(module.name));
  frame->module_offset = frame->pc - module.load_bias;
  if (frame->function == nullptr && module.build_id[0] != '\0') {
    frame->build_id = names->Copy(module.build_id, strlen(module.build_id));
  }
}

void AddFunction(NamePool* names, Frame* frame) {
  const Symbol symbol = FindSymbol(frame->pc - 1);
  if (symbol.name == nullptr) return;
  // Better than the name in the debug information, which for a function of an
  // anonymous namespace is the bare one.
  frame->function = CopyName(names, symbol.name);
  frame->offset = frame->pc - symbol.value;
  frame->function_size = symbol.size;
}

// All lines for one return address. Looked up is the byte before it, which
// belongs to the call.
void SymbolizeAddress(uintptr_t pc, bool by_name, bool is_top, NamePool* names,
                      ReportAccess* access) {
  Lines lines = {names, access, pc, access->num_frames, is_top, false, true};
  backtrace_state* const state = by_name ? DebugInfoFor(pc - 1) : nullptr;
  if (state != nullptr) {
    backtrace_pcinfo(state, pc - 1, &OnLine, &IgnoreError, &lines);
  }
  if (!lines.found && AddFrame(&lines) == nullptr) return;
  for (int i = lines.first; i + 1 < access->num_frames; ++i) {
    access->frames[i].inlined = true;
  }
  // The last of the lines is the function that the symbol table knows.
  Frame* const outermost = &access->frames[access->num_frames - 1];
  if (by_name) AddFunction(names, outermost);
  AddModule(names, outermost);
}

}  // namespace

void SymbolizeStack(const AccessRecord& record, bool by_name, NamePool* names,
                    ReportAccess* access) {
  access->num_frames = 0;
  for (int i = 0; i < record.num_frames; ++i) {
    SymbolizeAddress(record.frames[i], by_name, /*is_top=*/i == 0, names,
                     access);
  }
}

void SymbolizePlace(uintptr_t pc, bool by_name, NamePool* names, Frame* frame) {
  *frame = Frame();
  frame->pc = pc;
  if (by_name) AddFunction(names, frame);
  AddModule(names, frame);
}

bool IsRcuFunction(uintptr_t pc) {
  const Symbol symbol = FindSymbol(pc - 1);
  return symbol.name != nullptr && (strstr(symbol.name, "rcu_") != nullptr ||
                                    strstr(symbol.name, "_rcu") != nullptr ||
                                    strstr(symbol.name, "_srcu") != nullptr);
}

}  // namespace report
}  // namespace kcsan
