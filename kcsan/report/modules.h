// SPDX-License-Identifier: Apache-2.0
//
// Which program or library holds an address. Not by dladdr(): that takes the
// loader's big lock, which another thread holds for as long as a constructor of
// a library runs, and such a constructor may be waiting for this very thread.

#ifndef KCSAN_REPORT_MODULES_H_
#define KCSAN_REPORT_MODULES_H_

#include <link.h>
#include <stdint.h>

namespace kcsan {
namespace report {

struct Module {
  char name[256];  // file name without its directory
  // What has to be taken off an address for addr2line. 0 for a program that is
  // not position-independent.
  uintptr_t load_bias;
  // In hexadecimal; empty if the module has none. By it the debug information
  // of a stripped module can be found later.
  char build_id[65];
};

// False if no module holds `pc` (code made at run time). Allocates nothing.
bool FindModule(uintptr_t pc, Module* module);

// Calls `visit` for the module that holds `pc`, with the loader's list locked,
// so that the module stays. False if there is none.
using ModuleVisitor = void (*)(dl_phdr_info* info, size_t info_size,
                               const Module& module, void* data);
bool VisitModule(uintptr_t pc, ModuleVisitor visit, void* data);

}  // namespace report
}  // namespace kcsan

#endif  // KCSAN_REPORT_MODULES_H_
