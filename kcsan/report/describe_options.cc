// SPDX-License-Identifier: Apache-2.0
//
// The options in words: for help=1 and for docs/options.md.

#include "kcsan/report/options_parser.h"
#include "kcsan/report/text.h"

namespace kcsan {
namespace report {
namespace {

constexpr char kHead[] =
    "| option | default | values | meaning |\n|---|---|---|---|\n";

// Not in options.inc: the core does not know them.
constexpr char kReportOptions[] =
    "| `preset` | `strict` | `strict`, `kernel`, `permissive` | Sets several "
    "options at once, before all others in the same text. strict: every race "
    "that is seen counts; `weak_memory` and `signal_watcher` stay as they are. "
    "kernel: what the kernel's defaults count as a race "
    "(`report_value_change_only=1`, `assume_plain_writes_atomic=1`); sampling "
    "stays as it is. permissive: as kernel, and `permissive=1`. |\n"
    "| `log_path` | `stderr` | a path, `stderr`, `stdout` | Where reports go. "
    "To a path the process id is added: `race.log` becomes `race.log.4711`. "
    "|\n"
    "| `options_file` | | a path | More options, one or several a line; `#` "
    "begins a comment. |\n"
    "| `help` | 0 | 1 | Prints this list at start. |\n";

using Write = void (*)(const char* text, size_t size);

void WriteRow(Write write, const char* name, const char* default_value,
              const char* values, const char* sentence) {
  char row[1024];
  Text text(row, sizeof(row));
  text.Append("| `%s` | `%s` | %s | %s |\n", name, default_value, values,
              sentence);
  write(text.data(), text.size());
}

void WriteUint(Write write, const char* name, uint32_t default_value,
               uint64_t min, uint64_t max, const char* unit,
               const char* sentence) {
  char value[16];
  char values[64];
  Text(value, sizeof(value)).Append("%d", default_value);
  Text(values, sizeof(values))
      .Append("%d to %d%s%s", min, max, unit[0] != '\0' ? " " : "", unit);
  WriteRow(write, name, value, values, sentence);
}

void WriteChoice(Write write, const char* name, uint32_t default_value,
                 const char* choices, const char* sentence) {
  char value[32] = "";
  char values[128] = "";
  Text value_text(value, sizeof(value));
  Text values_text(values, sizeof(values));
  uint32_t index = 0;
  values_text.Append("`");
  for (const char* c = choices; *c != '\0'; ++c) {
    if (*c == '|') {
      ++index;
      values_text.Append("`, `");
      continue;
    }
    values_text.Append("%c", *c);
    if (index == default_value) value_text.Append("%c", *c);
  }
  values_text.Append("`");
  WriteRow(write, name, value, values, sentence);
}

}  // namespace

void DescribeOptions(void (*write)(const char* text, size_t size)) {
  write(kHead, sizeof(kHead) - 1);
#define KCSAN_BOOL(name, default_value, sentence) \
  WriteRow(write, #name, default_value ? "1" : "0", "0, 1", sentence);
#define KCSAN_UINT(name, default_value, min, max, unit, sentence) \
  WriteUint(write, #name, default_value, min, max, unit, sentence);
#define KCSAN_CHOICE(name, default_value, choices, sentence) \
  WriteChoice(write, #name, default_value, choices, sentence);
#include "kcsan/core/options.inc"
#undef KCSAN_BOOL
#undef KCSAN_UINT
#undef KCSAN_CHOICE
  write(kReportOptions, sizeof(kReportOptions) - 1);
}

}  // namespace report
}  // namespace kcsan
