// SPDX-License-Identifier: Apache-2.0
//
// See object_symbols.h. Nothing in the file is trusted: what does not fit is
// passed over, and the linker will complain.

#include "compiler/object_symbols.h"

#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace kcsan::compiler {
namespace {

constexpr std::string_view kArchive = "!<arch>\n";
constexpr std::string_view kThinArchive = "!<thin>\n";

template <typename T>
bool Load(std::string_view file, uint64_t offset, T* value) {
  if (offset > file.size() || file.size() - offset < sizeof(T)) return false;
  memcpy(value, file.data() + offset, sizeof(T));
  return true;
}

std::string_view Part(std::string_view file, uint64_t offset, uint64_t size) {
  if (offset > file.size() || size > file.size() - offset) return {};
  return file.substr(offset, size);
}

// The text from `offset` to the next zero.
std::string_view TextAt(std::string_view table, uint64_t offset) {
  if (offset >= table.size()) return {};
  table.remove_prefix(offset);
  return table.substr(0, table.find('\0'));
}

class Finder {
 public:
  Finder(std::string_view file, const NameSet& names, NameSet* found)
      : file_(file), names_(names), found_(found) {}

  void Find() {
    if (Part(file_, 0, SELFMAG) == ELFMAG) {
      FindInObject();
    } else if (Part(file_, 0, kArchive.size()) == kArchive ||
               Part(file_, 0, kThinArchive.size()) == kThinArchive) {
      FindInIndex();
    }
  }

 private:
  void Note(std::string_view name) {
    const auto known = names_.find(name);
    if (known != names_.end()) found_->insert(*known);
  }

  void FindInObject() {
    Elf64_Ehdr header;
    if (!Load(file_, 0, &header) || header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_type != ET_REL) {
      return;
    }
    // With very many sections their number is in the first of them.
    uint64_t count = header.e_shnum;
    Elf64_Shdr first;
    if (count == 0 && Load(file_, header.e_shoff, &first)) {
      count = first.sh_size;
    }
    for (uint64_t i = 0; i < count; ++i) {
      Elf64_Shdr section;
      if (!Load(file_, header.e_shoff + i * sizeof(section), &section)) return;
      if (section.sh_type != SHT_SYMTAB) continue;
      Elf64_Shdr strings;
      if (Load(file_, header.e_shoff + section.sh_link * sizeof(strings),
               &strings)) {
        FindInSymbols(Part(file_, section.sh_offset, section.sh_size),
                      Part(file_, strings.sh_offset, strings.sh_size));
      }
    }
  }

  void FindInSymbols(std::string_view symbols, std::string_view strings) {
    Elf64_Sym symbol;
    for (uint64_t at = 0; Load(symbols, at, &symbol); at += sizeof(symbol)) {
      if (symbol.st_shndx != SHN_UNDEF &&
          ELF64_ST_BIND(symbol.st_info) != STB_LOCAL) {
        Note(TextAt(strings, symbol.st_name));
      }
    }
  }

  // The first member of an archive: how many names, where each is defined, the
  // names. Numbers are big-endian, of 4 bytes or of 8.
  void FindInIndex() {
    constexpr uint64_t kHeaderSize = 60;
    const std::string_view header = Part(file_, kArchive.size(), kHeaderSize);
    uint64_t width = 0;
    if (header.substr(0, 2) == "/ ") width = 4;
    if (header.substr(0, 7) == "/SYM64/") width = 8;
    if (width == 0) return;
    uint64_t size = 0;
    for (const char c : header.substr(48, 10)) {
      if (c >= '0' && c <= '9')
        size = size * 10 + static_cast<unsigned>(c - '0');
    }
    const std::string_view index =
        Part(file_, kArchive.size() + kHeaderSize, size);
    uint64_t count = 0;
    for (const char c : Part(index, 0, width)) {
      count = count << 8 | static_cast<unsigned char>(c);
    }
    if (count > index.size()) return;
    std::string_view rest =
        index.substr(std::min<uint64_t>(index.size(), width + count * width));
    for (; count != 0 && !rest.empty(); --count) {
      const std::string_view name = TextAt(rest, 0);
      Note(name);
      rest.remove_prefix(std::min<uint64_t>(rest.size(), name.size() + 1));
    }
  }

  const std::string_view file_;
  const NameSet& names_;
  NameSet* const found_;
};

}  // namespace

void FindDefinitions(std::string_view file, const NameSet& names,
                     NameSet* found) {
  Finder(file, names, found).Find();
}

}  // namespace kcsan::compiler
