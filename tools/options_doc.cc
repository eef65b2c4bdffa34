// SPDX-License-Identifier: Apache-2.0
//
// Prints docs/options.md. The list comes from where the options are defined.

#include <cstdio>

#include "kcsan/report/options_parser.h"

namespace {

void Print(const char* text, size_t size) {
  std::fwrite(text, 1, size, stdout);
}

constexpr char kHead[] = R"(# Options

From three places, each overriding the one before: the built-in defaults, the
program's own `kcsan_default_options()`, the environment variable `KCSAN_OPTIONS`.
At run time `kcsan::SetOptions()` takes the same text.

```sh
KCSAN_OPTIONS="overhead=1:log_path=/var/log/service/race" ./service
```

Pairs stand between colons, commas or white space; a value that holds one of these
stands in quotes. A mistake is told in one line on standard error, and the option
keeps its value: options never end a program. A set-user-ID program ignores the
environment.

This page is generated: `./bazelw run //tools:options_doc > docs/options.md`.

)";

constexpr char kTail[] = R"(
## For a service in production

```sh
KCSAN_OPTIONS="overhead=1:exit_code=0:log_path=/var/log/service/race"
```

At most one percent of each thread's time is spent stalled, a report changes no
exit status, and reports go to a file of their own. Add `symbolize=0` where the
program has much debug information: reading it takes time and memory at the first
report ([limits.md](limits.md#what-a-report-costs)).
)";

}  // namespace

int main() {
  Print(kHead, sizeof(kHead) - 1);
  kcsan::report::DescribeOptions(&Print);
  Print(kTail, sizeof(kTail) - 1);
  return 0;
}
