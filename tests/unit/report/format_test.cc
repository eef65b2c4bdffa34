// SPDX-License-Identifier: Apache-2.0
//
// The wording of reports, line for line. docs/report_format.md describes what
// is tested here.

#include "kcsan/report/format.h"

#include <cstring>
#include <string>

#include "doctest/doctest.h"
#include "kcsan/checks.h"
#include "tests/unit/report/sample_report.h"

namespace kcsan {
namespace report {
namespace {

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a race of two known accesses") {
  SampleReport sample;
  CHECK(sample.Format() ==
        R"(==================================================================
BUG: KCSAN: data-race in reader_function / writer_function

write to 0x00007f0012345678 of 8 bytes by task 487 on cpu 0:
 writer_function+0x71/0xd0 writer.cc:42
 main+0x10/0x20
  by thread "writer"

read to 0x00007f0012345678 of 8 bytes by task 488 on cpu 6:
 reader_function+0x71/0xd0 reader.cc:42
 main+0x10/0x20
  by thread "reader"

value changed: 0x00000000000009a6 -> 0x00000000000009b2

Reported by Kernel Concurrency Sanitizer on:
CPU: 6 PID: 4711 Comm: service Kernel: Linux 6.1.0 x86_64
Hardware name: QEMU Standard PC, BIOS 1.16 04/01/2014
==================================================================
)");
}

TEST_CASE("unknown origin: one access, and its offset in the title") {
  SampleReport sample;
  sample.SetUnknownOrigin();
  sample.raw.watcher.size = 2;
  sample.raw.value_size = 2;
  sample.raw.old_value = 0x160;
  sample.raw.new_value = 0x161;
  sample.report.watcher.expression = "vq->used->idx";
  sample.report.watcher.site_file = "split.cc";
  sample.report.watcher.site_line = 41;
  CHECK(sample.Format() ==
        R"(==================================================================
BUG: KCSAN: data-race in reader_function+0x71/0xd0

race at unknown origin, with read to 0x00007f0012345678 of 2 bytes by task 488 on cpu 6:
 reader_function+0x71/0xd0 reader.cc:42
 main+0x10/0x20
  by thread "reader"
  at vq->used->idx in split.cc:41

value changed: 0x0160 -> 0x0161

Reported by Kernel Concurrency Sanitizer on:
CPU: 6 PID: 4711 Comm: service Kernel: Linux 6.1.0 x86_64
Hardware name: QEMU Standard PC, BIOS 1.16 04/01/2014
==================================================================
)");
}

TEST_CASE("the two names are sorted, whoever watched") {
  SampleReport sample;
  sample.report.watcher.frames[0].function = "zebra";
  sample.report.other.frames[0].function = "ant";
  CHECK(sample.Title() == "data-race in ant / zebra");
  sample.report.watcher.frames[0].function = "ant";
  sample.report.other.frames[0].function = "zebra";
  CHECK(sample.Title() == "data-race in ant / zebra");
}

TEST_CASE("what each access type is called") {
  struct Case {
    int type;
    bool reordered;
    const char* words;
  };
  constexpr int kWrite = KCSAN_ACCESS_WRITE;
  constexpr int kReadWrite = KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND;
  constexpr int kMarked = KCSAN_ACCESS_ATOMIC;
  constexpr int kAssert = KCSAN_ACCESS_ASSERT;
  constexpr int kScoped = KCSAN_ACCESS_SCOPED;
  const Case cases[] = {
      {0, false, "read"},
      {kWrite, false, "write"},
      {kReadWrite, false, "read-write"},
      {kMarked, false, "read (marked)"},
      {kMarked | kWrite, false, "write (marked)"},
      {kMarked | kReadWrite, false, "read-write (marked)"},
      {0, true, "read (reordered)"},
      {kWrite, true, "write (reordered)"},
      {kMarked | kWrite, true, "write (marked, reordered)"},
      {kAssert, false, "assert no writes"},
      {kAssert | kWrite, false, "assert no accesses"},
      {kAssert | kScoped, false, "assert no writes"},
      {kAssert | kWrite | kScoped, false, "assert no accesses"},
      {kAssert, true, "assert no writes (reordered)"},
      {kAssert | kWrite, true, "assert no accesses (reordered)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.words);
    SampleReport sample;
    sample.raw.other.type = c.type;
    sample.raw.other.reordered = c.reordered;
    CHECK(Contains(sample.Format(),
                   std::string("\n\n") + c.words + " to 0x00007f"));
  }
}

TEST_CASE("a violated claim says so in the title, whichever side claimed") {
  SampleReport by_watcher;
  by_watcher.raw.watcher.type = KCSAN_ACCESS_ASSERT;
  CHECK(by_watcher.Title() ==
        "assert: race in reader_function / writer_function");
  SampleReport by_other;
  by_other.raw.other.type = KCSAN_ACCESS_ASSERT | KCSAN_ACCESS_WRITE;
  CHECK(by_other.Title() ==
        "assert: race in reader_function / writer_function");
  SampleReport alone;
  alone.SetUnknownOrigin();
  alone.raw.watcher.type = KCSAN_ACCESS_ASSERT;
  CHECK(alone.Title() == "assert: race in reader_function+0x71/0xd0");
}

TEST_CASE("a signal handler on the watching thread is an interrupt") {
  SampleReport sample;
  sample.raw.other.in_signal_handler = true;
  CHECK(Contains(sample.Format(), "of 8 bytes by interrupt on cpu 0:\n"));
}

TEST_CASE("values are padded to their size") {
  const char* const lines[] = {
      "value changed: 0xa6 -> 0xb2\n",
      "value changed: 0x09a6 -> 0x09b2\n",
      "value changed: 0x0009a6 -> 0x0009b2\n",
      "value changed: 0x000009a6 -> 0x000009b2\n",
      "value changed: 0x00000009a6 -> 0x00000009b2\n",
      "value changed: 0x0000000009a6 -> 0x0000000009b2\n",
      "value changed: 0x000000000009a6 -> 0x000000000009b2\n",
      "value changed: 0x00000000000009a6 -> 0x00000000000009b2\n",
  };
  for (int size = 1; size <= 8; ++size) {
    SampleReport sample;
    sample.raw.value_size = size;
    if (size == 1) {
      sample.raw.old_value = 0xa6;
      sample.raw.new_value = 0xb2;
    }
    CHECK(Contains(sample.Format(), lines[size - 1]));
  }
}

TEST_CASE("no line about the value when there is nothing to say") {
  SampleReport unchanged;
  unchanged.raw.new_value = unchanged.raw.old_value;
  CHECK_FALSE(Contains(unchanged.Format(), "value changed"));
  SampleReport large;
  large.raw.value_size = 0;
  CHECK_FALSE(Contains(large.Format(), "value changed"));
  SampleReport masked;
  masked.raw.mask = 0x1;  // 0x9a6 and 0x9b2 differ in other bits
  CHECK_FALSE(Contains(masked.Format(), "value changed"));
}

TEST_CASE("bits that a mask selects") {
  SampleReport sample;
  sample.raw.watcher.type = KCSAN_ACCESS_ASSERT;
  sample.raw.value_size = 1;
  sample.raw.old_value = 0x0f;
  sample.raw.new_value = 0x3c;
  sample.raw.mask = 0x30;
  CHECK(Contains(sample.Format(),
                 "value changed: 0x0f -> 0x3c\n"
                 " bits changed: 0x30 with mask 0x30\n\n"));
}

TEST_CASE("where a delayed access had got to") {
  SampleReport sample;
  sample.raw.other.reordered = true;
  sample.report.other.reordered_to.function = "later_function";
  sample.report.other.reordered_to.offset = 0x1d;
  sample.report.other.reordered_to.function_size = 0x30;
  CHECK(Contains(sample.Format(),
                 " main+0x10/0x20\n"
                 "  |\n"
                 "  +-> reordered to: later_function+0x1d/0x30\n"));
}

TEST_CASE("inlined functions, and frames without a name") {
  SampleReport sample;
  Frame* const frames = sample.report.watcher.frames;
  sample.report.watcher.num_frames = 4;
  frames[0] = Frame();
  frames[0].function = "ring::Pop";
  frames[0].file = "ring.h";
  frames[0].line = 7;
  frames[0].inlined = true;
  frames[2] = Frame();
  frames[2].pc = 0x7f0000001234;
  frames[2].module = "libplugin.so";
  frames[2].module_offset = 0x1234;
  frames[3] = Frame();
  frames[3].pc = 0xabc;
  CHECK(Contains(sample.Format(),
                 " ring::Pop ring.h:7 [inlined]\n"
                 " main+0x10/0x20\n"
                 " libplugin.so+0x1234\n"
                 " ??+0xabc\n"));
  CHECK(sample.Title() == "data-race in ring::Pop / writer_function");
  sample.report.watcher.frames[0] = frames[2];
  CHECK(sample.Title() == "data-race in libplugin.so+0x1234 / writer_function");
  sample.report.watcher.num_frames = 0;
  CHECK(sample.Title() == "data-race in ?? / writer_function");
}

TEST_CASE("modules without names are told by build id, each once") {
  SampleReport sample;
  CHECK_FALSE(Contains(sample.Format(), "build id"));
  Frame* const frames = sample.report.watcher.frames;
  sample.report.watcher.num_frames = 4;
  for (int i = 1; i < 4; ++i) {
    frames[i] = Frame();
    frames[i].module = i < 3 ? "libplugin.so" : "libother.so";
    frames[i].build_id = i < 3 ? "01ab" : "02cd";
  }
  sample.report.other.num_frames = 1;
  sample.report.other.frames[0] = frames[2];
  CHECK(Contains(sample.Format(),
                 "\n  build id of libplugin.so: 01ab\n"
                 "  build id of libother.so: 02cd\n====="));
}

TEST_CASE("an annotation without a place, and none at all") {
  SampleReport sample;
  sample.report.watcher.expression = "checked<long>";
  sample.report.watcher.site_file = "";
  CHECK(Contains(sample.Format(), "  at checked<long>\n"));
  sample.report.watcher.expression = "";
  CHECK_FALSE(Contains(sample.Format(), "  at "));
}

TEST_CASE("a thread's name cannot end its line, nor itself") {
  SampleReport sample;
  std::strcpy(sample.raw.watcher.thread_name, "a\n\"b\x1b");
  CHECK(Contains(sample.Format(), "  by thread \"a??b?\"\n"));
}

TEST_CASE("a report that is too long is cut, and still closed") {
  SampleReport sample;
  const std::string name(300, 'n');
  sample.report.watcher.num_frames = kMaxLines;
  for (int i = 0; i < kMaxLines; ++i) {
    sample.report.watcher.frames[i] = Frame();
    sample.report.watcher.frames[i].function = name.c_str();
  }
  const std::string text = sample.Format(8 * 1024);
  CHECK(text.size() < 8 * 1024);
  CHECK(Contains(text, "\n[cut: the report is too long]\n\nReported by"));
  const std::string ruler(66, '=');
  CHECK(text.substr(text.size() - 67) == ruler + "\n");
}

}  // namespace
}  // namespace report
}  // namespace kcsan
