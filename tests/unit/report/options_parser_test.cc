// SPDX-License-Identifier: Apache-2.0
//
// KCSAN_OPTIONS must never take a program down: whatever stands in it, there is
// one line for each mistake, and options that make sense.

#include "kcsan/report/options_parser.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "doctest/doctest.h"

namespace kcsan {
namespace report {
namespace {

struct Parsed {
  Options options;
  std::vector<std::string> mistakes;
};

void Collect(const char* line, void* context) {
  static_cast<Parsed*>(context)->mistakes.push_back(line);
}

Parsed Parse(const std::string& text) {
  Parsed parsed;
  int count = ParseOptions(text, "TEST", &parsed.options, &Collect, &parsed);
  count += CheckOptions("TEST", &parsed.options, &Collect, &parsed);
  CHECK(count == static_cast<int>(parsed.mistakes.size()));
  return parsed;
}

TEST_CASE("nothing said, nothing changed") {
  const Parsed parsed = Parse("");
  CHECK(parsed.mistakes.empty());
  CHECK(parsed.options.overhead == 20);
  CHECK(parsed.options.udelay == 80);
  CHECK(parsed.options.enabled);
  CHECK(parsed.options.exit_code == 66);
}

TEST_CASE("every separator, and quotes") {
  for (const char* text :
       {"udelay=7:overhead=3", "udelay=7,overhead=3", "udelay=7 overhead=3",
        " udelay=7\n\toverhead=3 ",
        "::udelay=7::,overhead=3:", "udelay='7':overhead=\"3\""}) {
    CAPTURE(text);
    const Parsed parsed = Parse(text);
    CHECK(parsed.mistakes.empty());
    CHECK(parsed.options.udelay == 7);
    CHECK(parsed.options.overhead == 3);
  }
}

TEST_CASE("booleans in all their spellings") {
  for (const char* yes : {"1", "true", "yes", "on"}) {
    CHECK(Parse(std::string("weak_memory=") + yes).options.weak_memory);
  }
  for (const char* no : {"0", "false", "no", "off"}) {
    CHECK_FALSE(Parse(std::string("enabled=") + no).options.enabled);
  }
}

TEST_CASE("choices by name") {
  CHECK(Parse("sampling=count").options.sampling == kSamplingCount);
  CHECK(Parse("stall=spin:stall=sleep").options.stall == kStallSleep);
}

TEST_CASE("each mistake is named, and the default stays") {
  struct Case {
    const char* text;
    const char* line;
  };
  const Case cases[] = {
      {"udelay=abc",
       "kcsan: TEST: udelay=abc: not a number (0 to 1000000 microseconds); "
       "using 80"},
      {"udelay=",
       "kcsan: TEST: udelay=: not a number (0 to 1000000 "
       "microseconds); using 80"},
      {"udelay=-1",
       "kcsan: TEST: udelay=-1: not a number (0 to 1000000 microseconds); "
       "using 80"},
      {"udelay=99999999999999999999",
       "kcsan: TEST: udelay=99999999999999999999: out of range (0 to 1000000 "
       "microseconds); using 80"},
      {"overhead=101",
       "kcsan: TEST: overhead=101: out of range (0 to 100 percent); using 20"},
      {"exit_code=256",
       "kcsan: TEST: exit_code=256: out of range (0 to 255); using 66"},
      {"enabled=maybe", "kcsan: TEST: enabled=maybe: not 0 or 1; using 1"},
      {"sampling=dice",
       "kcsan: TEST: sampling=dice: not one of budget|count; using budget"},
      {"preset=lax",
       "kcsan: TEST: preset=lax: not one of strict|kernel|permissive; ignored"},
      {"skip_wach=3",
       "kcsan: TEST: skip_wach: no such option (did you mean skip_watch?); "
       "ignored"},
      {"utterly_different=3",
       "kcsan: TEST: utterly_different: no such option (help=1 lists them); "
       "ignored"},
      {"options_file=/dev",
       "kcsan: TEST: options_file=/dev: cannot be read (not a regular file); "
       "ignored"},
      {"options_file=/dev/zero",
       "kcsan: TEST: options_file=/dev/zero: cannot be read (not a regular "
       "file); ignored"},
      {"help=perhaps", "kcsan: TEST: help=perhaps: not 0 or 1; using 0"},
      {"=5", "kcsan: TEST: a value without a name; ignored"},
      {"preset='strict",
       "kcsan: TEST: preset=strict: the quote is not closed; taken to the end"},
      {"udelay='1\n\x1b[2J'",
       "kcsan: TEST: udelay=1??[2J: not a number (0 to 1000000 microseconds); "
       "using 80"},
      {"options_file=/nonexistent/file",
       "kcsan: TEST: options_file=/nonexistent/file: cannot be read (no such "
       "file); ignored"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Parsed parsed = Parse(c.text);
    REQUIRE(parsed.mistakes.size() == 1);
    CHECK(parsed.mistakes[0] == c.line);
    CHECK(parsed.options.udelay == 80);
    CHECK(parsed.options.overhead == 20);
  }
}

TEST_CASE("what follows a mistake still counts") {
  const Parsed parsed = Parse("udelay=abc:overhead=3");
  CHECK(parsed.mistakes.size() == 1);
  CHECK(parsed.options.overhead == 3);
}

TEST_CASE("presets come first, wherever they stand") {
  const Parsed strict = Parse("preset=strict");
  CHECK_FALSE(strict.options.report_value_change_only);
  CHECK_FALSE(strict.options.assume_plain_writes_atomic);
  const Parsed kernel = Parse("preset=kernel");
  CHECK(kernel.options.report_value_change_only);
  CHECK(kernel.options.assume_plain_writes_atomic);
  CHECK_FALSE(kernel.options.permissive);
  const Parsed permissive = Parse("preset=permissive");
  CHECK(permissive.options.permissive);
  CHECK(permissive.options.report_value_change_only);
  const Parsed mixed = Parse("assume_plain_writes_atomic=0:preset=kernel");
  CHECK(mixed.mistakes.empty());
  CHECK_FALSE(mixed.options.assume_plain_writes_atomic);
  CHECK(mixed.options.report_value_change_only);
}

TEST_CASE("permissive alone makes no sense, and is told") {
  const Parsed parsed = Parse("permissive=1");
  REQUIRE(parsed.mistakes.size() == 1);
  CHECK(parsed.mistakes[0].find("permissive=1 needs") != std::string::npos);
  CHECK_FALSE(parsed.options.permissive);
}

TEST_CASE("options from a file, with comments") {
  const std::string path = std::string(std::getenv("TEST_TMPDIR") != nullptr
                                           ? std::getenv("TEST_TMPDIR")
                                           : "/tmp") +
                           "/options";
  std::ofstream(path) << "# for the canary\nudelay=5  # short\n\noverhead=2\n"
                         "nonsense=1\noptions_file=/x\n";
  const Parsed parsed = Parse("options_file=" + path);
  CHECK(parsed.options.udelay == 5);
  CHECK(parsed.options.overhead == 2);
  REQUIRE(parsed.mistakes.size() == 2);
  CHECK(parsed.mistakes[0].find(path + ": nonsense: no such option") !=
        std::string::npos);
  CHECK(parsed.mistakes[1].find("not in an options file") != std::string::npos);
}

TEST_CASE("a named pipe that nobody writes to does not hold the start up") {
  const char* const dir = std::getenv("TEST_TMPDIR");
  const std::string path =
      std::string(dir != nullptr ? dir : "/tmp") + "/options_pipe";
  unlink(path.c_str());
  REQUIRE(mkfifo(path.c_str(), 0644) == 0);
  const Parsed parsed = Parse("options_file=" + path);
  REQUIRE(parsed.mistakes.size() == 1);
  CHECK(parsed.mistakes[0].find("(not a regular file)") != std::string::npos);
  unlink(path.c_str());
}

TEST_CASE("garbage of any kind only makes lines") {
  unsigned state = 12345;
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    const char alphabet[] =
        "abudelay=:,' \"\n\x01\xff"
        "0123456789-";
    for (int i = 0; i < 40; ++i) {
      state = state * 1103515245 + 12345;
      text += alphabet[(state >> 16) % (sizeof(alphabet) - 1)];
    }
    const Parsed parsed = Parse(text);
    CHECK(parsed.options.udelay <= 1000000);
  }
}

std::string g_description;

TEST_CASE("help lists every option") {
  g_description.clear();
  DescribeOptions(
      [](const char* text, size_t size) { g_description.append(text, size); });
#define KCSAN_BOOL(name, ...) \
  CHECK(g_description.find("| `" #name "` |") != std::string::npos);
#define KCSAN_UINT(name, ...) \
  CHECK(g_description.find("| `" #name "` |") != std::string::npos);
#define KCSAN_CHOICE(name, ...) \
  CHECK(g_description.find("| `" #name "` |") != std::string::npos);
#include "kcsan/core/options.inc"
#undef KCSAN_BOOL
#undef KCSAN_UINT
#undef KCSAN_CHOICE
  CHECK(g_description.find("| `preset` |") != std::string::npos);
}

}  // namespace
}  // namespace report
}  // namespace kcsan
