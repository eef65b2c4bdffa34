// SPDX-License-Identifier: Apache-2.0
//
// Object files and archives, made here byte by byte, whole and broken.

#include "compiler/object_symbols.h"

#include <doctest/doctest.h>
#include <elf.h>

#include <cstddef>
#include <cstring>
#include <string>

namespace kcsan::compiler {
namespace {

template <typename T>
void Append(const T& value, std::string* bytes) {
  bytes->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

// Defines send (global) and recv (weak), has a local read, refers to write.
std::string SampleObject() {
  const std::string strings("\0send\0recv\0read\0write\0", 22);
  std::string symbols;
  const auto add = [&symbols](uint32_t name, unsigned char binding,
                              uint16_t section) {
    Elf64_Sym symbol = {};
    symbol.st_name = name;
    symbol.st_info = static_cast<unsigned char>(binding << 4);
    symbol.st_shndx = section;
    Append(symbol, &symbols);
  };
  add(0, STB_LOCAL, SHN_UNDEF);
  add(11, STB_LOCAL, 1);
  add(1, STB_GLOBAL, 1);
  add(6, STB_WEAK, SHN_COMMON);
  add(16, STB_GLOBAL, SHN_UNDEF);

  Elf64_Ehdr header = {};
  memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_REL;
  header.e_shnum = 3;
  header.e_shoff = sizeof(header) + symbols.size() + strings.size();
  Elf64_Shdr sections[3] = {};
  sections[1].sh_type = SHT_SYMTAB;
  sections[1].sh_link = 2;
  sections[1].sh_offset = sizeof(header);
  sections[1].sh_size = symbols.size();
  sections[2].sh_type = SHT_STRTAB;
  sections[2].sh_offset = sizeof(header) + symbols.size();
  sections[2].sh_size = strings.size();

  std::string file;
  Append(header, &file);
  file += symbols + strings;
  Append(sections, &file);
  return file;
}

// Of one member, whose index names send and recv.
std::string SampleArchive(const char* magic, size_t width) {
  std::string index;
  const auto add = [&](unsigned char number) {
    index += std::string(width - 1, '\0') + static_cast<char>(number);
  };
  add(2);
  add(100);
  add(100);
  index += std::string("send\0recv\0", 10);
  std::string name = width == 4 ? "/" : "/SYM64/";
  name.resize(48, ' ');
  std::string size = std::to_string(index.size());
  size.resize(10, ' ');
  return magic + name + size + "`\n" + index;
}

NameSet Find(const std::string& file) {
  NameSet found;
  FindDefinitions(file, {"read", "recv", "send", "write"}, &found);
  return found;
}

const NameSet kBoth = {"recv", "send"};

TEST_CASE("an object defines what is global or weak, and not local") {
  CHECK(Find(SampleObject()) == kBoth);
}

TEST_CASE("archives, thin ones, and those of more than 4 GB") {
  CHECK(Find(SampleArchive("!<arch>\n", 4)) == kBoth);
  CHECK(Find(SampleArchive("!<thin>\n", 4)) == kBoth);
  CHECK(Find(SampleArchive("!<arch>\n", 8)) == kBoth);
}

TEST_CASE("anything else defines nothing") {
  CHECK(Find("").empty());
  CHECK(Find("BC\xC0\xDE").empty());
  CHECK(Find("INPUT(libc.so.6)\n").empty());
  std::string library = SampleObject();
  library[offsetof(Elf64_Ehdr, e_type)] = ET_DYN;
  CHECK(Find(library).empty());
  std::string small = SampleObject();
  small[EI_CLASS] = ELFCLASS32;
  CHECK(Find(small).empty());
}

TEST_CASE("files that were cut off or overwritten do no harm") {
  for (const std::string& whole :
       {SampleObject(), SampleArchive("!<arch>\n", 4),
        SampleArchive("!<arch>\n", 8)}) {
    for (size_t i = 0; i < whole.size(); ++i) {
      // A string of its own for each, so that AddressSanitizer sees its end.
      Find(std::string(whole, 0, i));
      std::string changed = whole;
      changed[i] = static_cast<char>(0xFF);
      Find(changed);
    }
  }
}

}  // namespace
}  // namespace kcsan::compiler
