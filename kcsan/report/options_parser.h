// SPDX-License-Identifier: Apache-2.0
//
// From text to options: "name=value" pairs between colons, commas or white
// space; a value that holds one of these stands in quotes.

#ifndef KCSAN_REPORT_OPTIONS_PARSER_H_
#define KCSAN_REPORT_OPTIONS_PARSER_H_

#include <stddef.h>
#include <stdint.h>

#include <string_view>

#include "kcsan/core/options.h"

namespace kcsan {
namespace report {

// Gets one line for each mistake, without the newline.
using OnMistake = void (*)(const char* line, void* context);

// Changes `options` by what `text` says. A mistake changes nothing and is told;
// the rest of the text still counts. `origin` says whose text it is. Allocates
// nothing. Returns the number of mistakes.
int ParseOptions(std::string_view text, const char* origin, Options* options,
                 OnMistake on_mistake, void* context);

// Undoes combinations that make no sense, and tells. Returns their number.
int CheckOptions(const char* origin, Options* options, OnMistake on_mistake,
                 void* context);

// The n-th word of "a|b|c".
std::string_view ChoiceAt(std::string_view choices, uint32_t index);

// Every option with its value, range and meaning, one paragraph each.
void DescribeOptions(void (*write)(const char* text, size_t size));

}  // namespace report
}  // namespace kcsan

#endif  // KCSAN_REPORT_OPTIONS_PARSER_H_
