// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/modules.h"

#include <errno.h>
#include <link.h>
#include <string.h>

#include "kcsan/report/text.h"

namespace kcsan {
namespace report {
namespace {

struct Search {
  uintptr_t pc;
  ModuleVisitor visit;
  void* data;
};

bool Holds(const dl_phdr_info& info, uintptr_t pc) {
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = info.dlpi_phdr[i];
    // The difference does not wrap where the sum of start and size would.
    if (segment.p_type == PT_LOAD &&
        pc - (info.dlpi_addr + segment.p_vaddr) < segment.p_memsz) {
      return true;
    }
  }
  return false;
}

// Copies the build id out of a note segment, if it is there.
void FindBuildId(const char* note, size_t size, Module* module) {
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) header;
    memcpy(&header, note, sizeof(header));
    // Name and description are each padded to four bytes.
    const size_t name_size = (size_t{header.n_namesz} + 3) & ~size_t{3};
    const size_t id_size = header.n_descsz;
    const size_t whole =
        sizeof(header) + name_size + ((id_size + 3) & ~size_t{3});
    if (whole > size) return;
    const char* const name = note + sizeof(header);
    if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == 4 &&
        memcmp(name, "GNU", 4) == 0) {
      Text text(module->build_id, sizeof(module->build_id));
      for (size_t i = 0; i < id_size; ++i) {
        text.Append("%02x", static_cast<unsigned char>(name[name_size + i]));
      }
      return;
    }
    note += whole;
    size -= whole;
  }
}

int OnModule(dl_phdr_info* info, size_t size, void* data) {
  const Search& search = *static_cast<Search*>(data);
  if (!Holds(*info, search.pc)) return 0;
  // The program itself is listed without a name.
  const char* path = info->dlpi_name;
  if (path == nullptr || path[0] == '\0') path = program_invocation_name;
  const char* const slash = strrchr(path, '/');
  Module module;
  Text(module.name, sizeof(module.name))
      .Append("%s", slash != nullptr ? slash + 1 : path);
  module.load_bias = info->dlpi_addr;
  module.build_id[0] = '\0';
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE || module.build_id[0] != '\0') continue;
    FindBuildId(
        reinterpret_cast<const char*>(info->dlpi_addr + segment.p_vaddr),
        segment.p_memsz, &module);
  }
  search.visit(info, size, module, search.data);
  return 1;
}

void CopyModule(dl_phdr_info*, size_t, const Module& module, void* data) {
  *static_cast<Module*>(data) = module;
}

}  // namespace

bool VisitModule(uintptr_t pc, ModuleVisitor visit, void* data) {
  Search search = {pc, visit, data};
  return dl_iterate_phdr(&OnModule, &search) != 0;
}

bool FindModule(uintptr_t pc, Module* module) {
  return VisitModule(pc, &CopyModule, module);
}

}  // namespace report
}  // namespace kcsan
