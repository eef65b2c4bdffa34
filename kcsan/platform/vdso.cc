// SPDX-License-Identifier: Apache-2.0

#include "kcsan/platform/vdso.h"

#include <link.h>
#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>

namespace kcsan {
namespace platform {
namespace {

#if defined(__x86_64__)
constexpr char kClockName[] = "__vdso_clock_gettime";
#elif defined(__aarch64__)
constexpr char kClockName[] = "__kernel_clock_gettime";
#else
constexpr char kClockName[] = "";
#endif

// The symbol table of an image that the kernel has mapped. Its dynamic section
// has addresses as if it were mapped at 0: nobody relocates it.
struct Symbols {
  uintptr_t bias;
  const ElfW(Sym) * table;
  const char* names;
  const uint32_t* hash;      // DT_HASH, or null
  const uint32_t* gnu_hash;  // DT_GNU_HASH, or null
};

const ElfW(Dyn) * FindDynamicSection(uintptr_t image, uintptr_t* bias) {
  const auto* const header = reinterpret_cast<const ElfW(Ehdr)*>(image);
  const auto* const segments =
      reinterpret_cast<const ElfW(Phdr)*>(image + header->e_phoff);
  bool has_bias = false;
  ElfW(Addr) dynamic = 0;
  for (int i = 0; i < header->e_phnum; ++i) {
    const ElfW(Phdr)& segment = segments[i];
    if (segment.p_type == PT_LOAD && !has_bias) {
      *bias = image + segment.p_offset - segment.p_vaddr;
      has_bias = true;
    } else if (segment.p_type == PT_DYNAMIC) {
      dynamic = segment.p_vaddr;
    }
  }
  if (!has_bias || dynamic == 0) return nullptr;
  return reinterpret_cast<const ElfW(Dyn)*>(*bias + dynamic);
}

bool ReadSymbols(uintptr_t image, Symbols* symbols) {
  *symbols = Symbols();
  const ElfW(Dyn)* entry = FindDynamicSection(image, &symbols->bias);
  if (entry == nullptr) return false;
  for (; entry->d_tag != DT_NULL; ++entry) {
    const uintptr_t address = symbols->bias + entry->d_un.d_ptr;
    switch (entry->d_tag) {
      case DT_SYMTAB:
        symbols->table = reinterpret_cast<const ElfW(Sym)*>(address);
        break;
      case DT_STRTAB:
        symbols->names = reinterpret_cast<const char*>(address);
        break;
      case DT_HASH:
        symbols->hash = reinterpret_cast<const uint32_t*>(address);
        break;
      case DT_GNU_HASH:
        symbols->gnu_hash = reinterpret_cast<const uint32_t*>(address);
        break;
      default:
        break;
    }
  }
  return symbols->table != nullptr && symbols->names != nullptr;
}

// Nothing says how many symbols there are, but the hash tables have them all.
size_t CountSymbols(const Symbols& symbols) {
  if (symbols.hash != nullptr) return symbols.hash[1];
  if (symbols.gnu_hash == nullptr) return 0;
  const uint32_t num_buckets = symbols.gnu_hash[0];
  const uint32_t first = symbols.gnu_hash[1];
  const uint32_t num_words = symbols.gnu_hash[2];  // of the filter
  const uint32_t* const buckets =
      symbols.gnu_hash + 4 + num_words * (sizeof(ElfW(Addr)) / 4);
  const uint32_t* const chains = buckets + num_buckets;
  uint32_t last = 0;
  for (uint32_t i = 0; i < num_buckets; ++i) {
    if (buckets[i] > last) last = buckets[i];
  }
  if (last < first) return first;
  // The last of a chain has its lowest bit set.
  while ((chains[last - first] & 1) == 0) ++last;
  return size_t{last} + 1;
}

}  // namespace

const void* FindInVdso(uintptr_t image, const char* name) {
  Symbols symbols;
  if (image == 0 || !ReadSymbols(image, &symbols)) return nullptr;
  const size_t count = CountSymbols(symbols);
  for (size_t i = 0; i < count; ++i) {
    const ElfW(Sym)& symbol = symbols.table[i];
    if (symbol.st_shndx != SHN_UNDEF &&
        strcmp(symbols.names + symbol.st_name, name) == 0) {
      return reinterpret_cast<const void*>(symbols.bias + symbol.st_value);
    }
  }
  return nullptr;
}

ClockFunction FindVdsoClock() {
  const void* const function =
      FindInVdso(getauxval(AT_SYSINFO_EHDR), kClockName);
  return reinterpret_cast<ClockFunction>(const_cast<void*>(function));
}

}  // namespace platform
}  // namespace kcsan
