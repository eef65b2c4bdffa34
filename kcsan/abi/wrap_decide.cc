// SPDX-License-Identifier: Apache-2.0
//
// Which of the wrapped functions are libc's, found out once, when the program
// starts. Of any other the name says nothing: it may take no pointer at all.

#include <errno.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>

extern "C" {

// wrap_entry.S
__attribute__((visibility("hidden"))) extern bool __kcsan_is_libc[];
__attribute__((visibility("hidden"))) void __kcsan_wrap_reals(void** out);
void kcsan_wrap_targets(void** out);

}  // extern "C"

namespace kcsan {
namespace abi {
namespace {

#define KCSAN_WRAP(name) +1
constexpr size_t kNumWrapped = 0
#include "kcsan/abi/wrapped_symbols.inc"
    ;
#undef KCSAN_WRAP

struct Module {
  uintptr_t inside;  // what to look for
  uintptr_t begin, end;
  bool is_program;  // the first that the loader names
  int seen;
};

int NoteModule(dl_phdr_info* info, size_t, void* argument) {
  Module* const module = static_cast<Module*>(argument);
  uintptr_t begin = ~uintptr_t{0};
  uintptr_t end = 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = info->dlpi_phdr[i];
    if (part.p_type != PT_LOAD) continue;
    const uintptr_t from = info->dlpi_addr + part.p_vaddr;
    if (from < begin) begin = from;
    if (from + part.p_memsz > end) end = from + part.p_memsz;
  }
  const bool is_first = module->seen++ == 0;
  if (module->inside < begin || module->inside >= end) return 0;
  module->begin = begin;
  module->end = end;
  module->is_program = is_first;
  return 1;
}

// Until then, calls go to the functions themselves, and nothing is told: libc's
// own first calls, before there are thread-local variables.
__attribute__((constructor)) void Decide() {
  Module libc = {};
  libc.inside = reinterpret_cast<uintptr_t>(&__errno_location);
  // Where libc is a part of the program there is no telling who is who.
  if (dl_iterate_phdr(&NoteModule, &libc) == 0 || libc.is_program) return;
  void* reals[kNumWrapped];
  void* targets[kNumWrapped];
  __kcsan_wrap_reals(reals);
  kcsan_wrap_targets(targets);
  const auto is_libc = [&](void* function) {
    const uintptr_t address = reinterpret_cast<uintptr_t>(function);
    return address >= libc.begin && address < libc.end;
  };
  for (size_t i = 0; i < kNumWrapped; ++i) {
    __kcsan_is_libc[i] = is_libc(reals[i]) || is_libc(targets[i]);
  }
}

}  // namespace
}  // namespace abi
}  // namespace kcsan
