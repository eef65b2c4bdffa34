// SPDX-License-Identifier: Apache-2.0
//
// See manual.h.

#include "compiler/manual.h"

namespace kcsan::compiler {

void PrintManual(FILE* file) {
  fputs(R"(kcsan-cc, kcsan-c++: GCC or Clang, with KCSAN in what they build.

  CC=kcsan-cc CXX=kcsan-c++ ./configure && make
  CC=kcsan-cc CXX=kcsan-c++ cmake -B build && cmake --build build
  CC=kcsan-cc CXX=kcsan-c++ meson setup build && ninja -C build

All words go to the real compiler, but for these:

  --kcsan-help          print this
  --kcsan-show          print what would be run, and run nothing
  --kcsan-id            print what caches of object files have to know
  --kcsan-ignore=GLOB   do not instrument these files (see below)
  --kcsan-debug-info=0  add no -g1 (-gline-tables-only) where there is no -g
  --kcsan-runtime=DIR   link DIR/libkcsan.a in place of the installed one
  -shared-libkcsan      link the shared runtime, with an rpath to it
  -static-libkcsan      link the static one (the default)
  -fsanitize-ignorelist=FILE
                        Clang's option. With GCC, src: entries work, fun:
                        entries cannot

Environment:

  KCSAN_CC, KCSAN_CXX   the real compiler: a name or path, words before and
                        after it are fine ("ccache clang-14"). Without them
                        gcc, g++, else clang, clang++
  KCSAN_IGNORE          patterns as for --kcsan-ignore, with ':' between
  KCSAN_IGNORELIST      a file as for -fsanitize-ignorelist=
  KCSAN_DEBUG_INFO      0 is --kcsan-debug-info=0
  KCSAN_RUNTIME         as --kcsan-runtime=
  KCSAN_SHARED_RUNTIME  1 is -shared-libkcsan
  KCSAN_PREFIX          where kcsan is installed, if not beside this program
  KCSAN_WRAPPER         0: the plain compiler, nothing added

An ignore pattern is about a file or any directory above it; '*' also stands for
slashes. Without a slash in front it may begin at any directory: util.c,
third_party, 'src/generated/*.c'. -fno-sanitize=thread among a file's own flags
does the same.

Never instrumented: assembler, files compiled with -ffreestanding, -m32. Not
given the runtime: -shared and -r links, and programs linked with -nostdlib,
-nodefaultlibs, -nostartfiles, -nolibc or -ffreestanding.
)",
        file);
}

}  // namespace kcsan::compiler
