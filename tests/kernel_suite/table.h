// SPDX-License-Identifier: Apache-2.0
//
// The one table that the suite prints when all is done: which case, with how
// many threads, instrumented by which compiler, came to what.

#ifndef KCSAN_TESTS_KERNEL_SUITE_TABLE_H_
#define KCSAN_TESTS_KERNEL_SUITE_TABLE_H_

#include <cstdint>
#include <string>

namespace kernel_suite {

// `threads` 0: none of its own.
void AddRow(const char* name, int threads, const std::string& result);

// For the line below the table, and for who checks that there were any.
void CountInterrupts(std::uint64_t interrupts);
std::uint64_t NumInterrupts();

}  // namespace kernel_suite

#endif  // KCSAN_TESTS_KERNEL_SUITE_TABLE_H_
