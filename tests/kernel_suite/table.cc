// SPDX-License-Identifier: Apache-2.0

#include "tests/kernel_suite/table.h"

#include <cstdio>
#include <vector>

#include "doctest/doctest.h"

namespace kernel_suite {
namespace {

struct Row {
  std::string name;
  int threads;
  std::string result;
};

std::vector<Row>* Rows() {
  static auto* const rows = new std::vector<Row>;
  return rows;
}

std::uint64_t g_interrupts;

// The kernels are compiled by the same compiler as this.
#if defined(__clang__)
constexpr char kCompiler[] = "clang " __clang_version__;
#else
constexpr char kCompiler[] = "gcc " __VERSION__;
#endif

void PrintTable() {
  std::printf("%-34s %7s  %-13s %s\n", "case", "threads", "compiler",
              "result (windows that it took)");
  const std::string name = kCompiler;
  const std::string compiler = name.substr(0, name.find(' ', 6));
  for (const Row& row : *Rows()) {
    std::printf("%-34s %7d  %-13s %s\n", row.name.c_str(), row.threads,
                compiler.c_str(), row.result.c_str());
  }
  std::printf("%zu rows, %llu interrupts\n", Rows()->size(),
              static_cast<unsigned long long>(g_interrupts));
}

// Prints when doctest is through with all cases.
struct TablePrinter : doctest::IReporter {
  explicit TablePrinter(const doctest::ContextOptions&) {}
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override { PrintTable(); }
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

REGISTER_LISTENER("table", 1, TablePrinter);

}  // namespace

void AddRow(const char* name, int threads, const std::string& result) {
  Rows()->push_back(Row{name, threads, result});
}

void CountInterrupts(std::uint64_t interrupts) { g_interrupts += interrupts; }

std::uint64_t NumInterrupts() { return g_interrupts; }

}  // namespace kernel_suite
