// SPDX-License-Identifier: Apache-2.0
//
// What symbols are called in a report.

#include "kcsan/report/function_name.h"

#include <string>

#include "doctest/doctest.h"

namespace kcsan {
namespace report {
namespace {

std::string Name(const std::string& symbol, size_t size = 200) {
  std::string name(size, '#');
  FormatFunctionName(symbol.c_str(), &name[0], size);
  return name.c_str();
}

TEST_CASE("C names stay, without the compiler's suffixes") {
  CHECK(Name("more_used_split") == "more_used_split");
  CHECK(Name("more_used_split.cold") == "more_used_split");
  CHECK(Name("link_path_walk.part.0.isra.3") == "link_path_walk");
  CHECK(Name("") == "");
}

TEST_CASE("C++ names lose parameters") {
  CHECK(Name("_ZN7Account7DepositEl") == "Account::Deposit");
  CHECK(Name("_ZN7Account7DepositEl.cold") == "Account::Deposit");
  CHECK(Name("_ZNK7Account7BalanceEv") == "Account::Balance");
  CHECK(Name("_ZN12_GLOBAL__N_14WorkEv") == "(anonymous namespace)::Work");
}

TEST_CASE("names out of debug information lose template arguments") {
  CHECK(Name("__invoke_impl<void, main()::<lambda()> >") == "__invoke_impl<>");
  CHECK(Name("Get<0>") == "Get<>");
  CHECK(Name("<lambda()>") == "<lambda()>");
  CHECK(Name("operator<") == "operator<");
  CHECK(Name("operator<<") == "operator<<");
  CHECK(Name("operator->") == "operator->");
}

TEST_CASE("a call operator keeps its name") {
  CHECK(Name("_ZN3FooclEv") == "Foo::operator()");
}

TEST_CASE("what is no name at all is printed as it is") {
  CHECK(Name("_Znonsense") == "_Znonsense");
}

TEST_CASE("long names are cut to size and closed") {
  const std::string long_name(5000, 'x');
  CHECK(Name(long_name).size() == 199);
  const std::string mangled =
      "_ZN1a" + std::to_string(3000) + std::string(3000, 'y') + "Ev";
  CHECK(Name(mangled).size() <= 199);
}

TEST_CASE("annotation code is told from the user's") {
  CHECK(IsAnnotationCode("kcsan_rt_fast_check"));
  CHECK(IsAnnotationCode("kcsan::checked<>::operator+="));
  CHECK_FALSE(IsAnnotationCode("more_used_split"));
  CHECK_FALSE(IsAnnotationCode("my_kcsan_test"));
}

}  // namespace
}  // namespace report
}  // namespace kcsan
