// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/options_parser.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "kcsan/report/option_pairs.h"
#include "kcsan/report/sink.h"
#include "kcsan/report/text.h"

namespace kcsan {
namespace report {
namespace {

enum : size_t { kMaxFile = 16 * 1024 };

// What the parsing functions share.
struct Parse {
  const char* origin;
  Options* options;
  OnMistake on_mistake;
  void* context;
  int mistakes;
  bool in_file;  // files do not include files
};

template <typename... Args>
void Mistake(Parse* parse, const absl::FormatSpec<Args...>& format,
             const Args&... args) {
  char line[512];
  Text text(line, sizeof(line));
  text.Append("kcsan: %s: ", parse->origin);
  text.Append(format, args...);
  // One line, whatever was in the value, and nothing that a terminal obeys.
  for (char* c = line; *c != '\0'; ++c) {
    const unsigned char byte = static_cast<unsigned char>(*c);
    if (byte < ' ' || byte == 127) *c = '?';
  }
  parse->on_mistake(line, parse->context);
  ++parse->mistakes;
}

bool IsOneOf(absl::string_view value,
             std::initializer_list<const char*> words) {
  for (const char* word : words) {
    if (value == word) return true;
  }
  return false;
}

void SetBool(Parse* parse, const Pair& pair, bool* option) {
  if (IsOneOf(pair.value, {"1", "true", "yes", "on"})) {
    *option = true;
  } else if (IsOneOf(pair.value, {"0", "false", "no", "off"})) {
    *option = false;
  } else {
    Mistake(parse, "%s=%s: not 0 or 1; using %d", pair.name, pair.value,
            *option ? 1 : 0);
  }
}

void SetUint(Parse* parse, const Pair& pair, uint64_t min, uint64_t max,
             const char* unit, uint32_t* option) {
  uint64_t value = 0;
  const char* const space = unit[0] != '\0' ? " " : "";
  // On overflow it gives the largest there is, which is out of range.
  if (!absl::SimpleAtoi(pair.value, &value) && value != UINT64_MAX) {
    Mistake(parse, "%s=%s: not a number (%d to %d%s%s); using %d", pair.name,
            pair.value, min, max, space, unit, *option);
  } else if (value < min || value > max) {
    Mistake(parse, "%s=%s: out of range (%d to %d%s%s); using %d", pair.name,
            pair.value, min, max, space, unit, *option);
  } else {
    *option = static_cast<uint32_t>(value);
  }
}

// As Abseil has it, whose string_view may be one of its own.
absl::string_view Choice(const char* choices, uint32_t index) {
  const std::string_view word = ChoiceAt(choices, index);
  return absl::string_view(word.data(), word.size());
}

void SetChoice(Parse* parse, const Pair& pair, const char* choices,
               uint32_t* option) {
  uint32_t count = 1;
  for (const char* c = choices; *c != '\0'; ++c) count += *c == '|' ? 1 : 0;
  for (uint32_t i = 0; i < count; ++i) {
    if (pair.value == Choice(choices, i)) {
      *option = i;
      return;
    }
  }
  Mistake(parse, "%s=%s: not one of %s; using %s", pair.name, pair.value,
          choices, Choice(choices, *option));
}

bool ApplyPreset(absl::string_view name, Options* options) {
  if (!IsOneOf(name, {"strict", "kernel", "permissive"})) return false;
  const bool lenient = name != "strict";
  options->report_value_change_only = lenient;
  options->assume_plain_writes_atomic = lenient;
  options->ignore_atomics = false;
  options->permissive = name == "permissive";
  return true;
}

// Number of single-letter changes between two names, for "did you mean".
int Distance(absl::string_view a, absl::string_view b) {
  enum : size_t { kMax = 40 };
  if (a.size() >= kMax || b.size() >= kMax) return kMax;
  int row[kMax + 1];
  for (size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      const int shifted = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
      row[j] = replaced < shifted ? replaced : shifted;
    }
  }
  return row[b.size()];
}

constexpr const char* kNames[] = {
#define KCSAN_BOOL(name, ...) #name,
#define KCSAN_UINT(name, ...) #name,
#define KCSAN_CHOICE(name, ...) #name,
#include "kcsan/core/options.inc"
#undef KCSAN_BOOL
#undef KCSAN_UINT
#undef KCSAN_CHOICE
    "preset",
    "log_path",
    "options_file",
    "help",
};

void UnknownName(Parse* parse, absl::string_view name) {
  if (name.empty()) {
    Mistake(parse, "a value without a name; ignored");
    return;
  }
  const char* nearest = nullptr;
  int least = 4;
  for (const char* known : kNames) {
    const int distance = Distance(name, known);
    if (distance < least) {
      least = distance;
      nearest = known;
    }
  }
  if (nearest != nullptr) {
    Mistake(parse, "%s: no such option (did you mean %s?); ignored", name,
            nearest);
  } else {
    Mistake(parse, "%s: no such option (help=1 lists them); ignored", name);
  }
}

void ParseText(Parse* parse, absl::string_view text);

// Reads at most `capacity` bytes of a regular file; the reason if it cannot.
const char* ReadWhole(const char* path, char* content, size_t capacity,
                      size_t* size) {
  // O_NONBLOCK: a named pipe must not hold up the start of the program.
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) {
    return errno == ENOENT   ? "no such file"
           : errno == EACCES ? "permission denied"
                             : "it cannot be opened";
  }
  struct stat status;
  const bool is_file = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  ssize_t got = 0;
  *size = 0;
  while (is_file && *size < capacity &&
         (got = read(fd, content + *size, capacity - *size)) > 0) {
    *size += static_cast<size_t>(got);
  }
  close(fd);
  if (!is_file) return "not a regular file";
  if (got < 0) return "an error while reading";
  return *size == capacity ? "longer than 16383 bytes" : nullptr;
}

void ReadFile(Parse* parse, absl::string_view path) {
  char name[1024];
  Text(name, sizeof(name)).Append("%s", path);
  char content[kMaxFile];
  size_t size = 0;
  if (const char* reason = ReadWhole(name, content, sizeof(content), &size)) {
    Mistake(parse, "options_file=%s: cannot be read (%s); ignored", path,
            reason);
    return;
  }
  // A comment runs from # to the end of its line.
  bool in_comment = false;
  for (size_t i = 0; i < size; ++i) {
    if (content[i] == '#') in_comment = true;
    if (content[i] == '\n') in_comment = false;
    if (in_comment) content[i] = ' ';
  }
  Parse of_file = *parse;
  of_file.origin = name;
  of_file.in_file = true;
  ParseText(&of_file, absl::string_view(content, size));
  parse->mistakes = of_file.mistakes;
}

void SetOption(Parse* parse, const Pair& pair) {
  Options* const options = parse->options;
#define KCSAN_BOOL(option, ...) \
  if (pair.name == #option) return SetBool(parse, pair, &options->option);
#define KCSAN_UINT(option, default_value, min, max, unit, sentence) \
  if (pair.name == #option)                                         \
    return SetUint(parse, pair, min, max, unit, &options->option);
#define KCSAN_CHOICE(option, default_value, choices, sentence) \
  if (pair.name == #option)                                    \
    return SetChoice(parse, pair, choices, &options->option);
#include "kcsan/core/options.inc"
#undef KCSAN_BOOL
#undef KCSAN_UINT
#undef KCSAN_CHOICE
  if (pair.name == "preset") return;  // applied before the others
  if (pair.name == "log_path") {
    if (!SetLogPath(pair.value.data(), pair.value.size())) {
      Mistake(parse, "log_path: longer than 1023 characters; ignored");
    }
  } else if (pair.name == "options_file") {
    if (parse->in_file) {
      Mistake(parse, "options_file: not in an options file; ignored");
    } else {
      ReadFile(parse, pair.value);
    }
  } else if (pair.name == "help") {
    bool help = false;
    SetBool(parse, pair, &help);
    if (help) DescribeOptions(&WriteToStderr);
  } else {
    UnknownName(parse, pair.name);
  }
}

void ParseText(Parse* parse, absl::string_view text) {
  Pair pair;
  for (absl::string_view rest = text; NextPair(&rest, &pair);) {
    if (!pair.is_closed) {
      Mistake(parse, "%s=%s: the quote is not closed; taken to the end",
              pair.name, pair.value);
    }
    if (pair.name == "preset" && !ApplyPreset(pair.value, parse->options)) {
      Mistake(parse, "preset=%s: not one of strict|kernel|permissive; ignored",
              pair.value);
    }
  }
  for (absl::string_view rest = text; NextPair(&rest, &pair);) {
    SetOption(parse, pair);
  }
}

}  // namespace

std::string_view ChoiceAt(std::string_view choices, uint32_t index) {
  for (; index > 0; --index) {
    choices.remove_prefix(choices.find('|') + 1);
  }
  return choices.substr(0, choices.find('|'));
}

int ParseOptions(std::string_view text, const char* origin, Options* options,
                 OnMistake on_mistake, void* context) {
  Parse parse = {origin, options, on_mistake, context, 0, false};
  ParseText(&parse, absl::string_view(text.data(), text.size()));
  return parse.mistakes;
}

int CheckOptions(const char* origin, Options* options, OnMistake on_mistake,
                 void* context) {
  Parse parse = {origin, options, on_mistake, context, 0, false};
  if (options->permissive && !options->report_value_change_only) {
    Mistake(&parse,
            "permissive=1 needs report_value_change_only=1 (preset=permissive "
            "sets both); using permissive=0");
    options->permissive = false;
  }
  return parse.mistakes;
}

}  // namespace report
}  // namespace kcsan
