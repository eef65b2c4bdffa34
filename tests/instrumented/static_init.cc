// SPDX-License-Identifier: Apache-2.0
//
// Many threads race into the initialisation of a function's static variable.
// The compiler's guard orders them; the twin has a guard made by hand, and
// wrong.

#include <array>
#include <string>

#include "tests/instrumented/support.h"

namespace {

struct Table {
  Table() : name("table") {
    for (int i = 0; i < 100; ++i) squares[static_cast<unsigned>(i)] = i * i;
  }
  std::string name;
  std::array<int, 100> squares;
};

// Each N has statics of its own, so that there are many first times.
template <int N>
const Table& Guarded() {
  static const Table table;
  return table;
}

// Made again for each round.
Table* g_unguarded[100];

const Table& Unguarded(int n) {
  if (g_unguarded[n] == nullptr) g_unguarded[n] = new Table();
  return *g_unguarded[n];
}

bool Use(const Table& table) {
  return table.name == "table" && table.squares[9] == 81;
}

template <int N>
bool UseAll() {
  if constexpr (N == 0) {
    return true;
  } else {
    return Use(Guarded<N>()) && UseAll<N - 1>();
  }
}

}  // namespace

bool Round(bool racy) {
  std::array<bool, 4> right{};
  support::Together(4, [&](int self) {
    bool& mine = right[static_cast<unsigned>(self)];
    mine = UseAll<100>();
    if (racy) {
      for (int n = 0; n < 100; ++n) mine = Use(Unguarded(n)) && mine;
    }
  });
  for (Table*& table : g_unguarded) {
    delete table;
    table = nullptr;
  }
  return right == std::array<bool, 4>{true, true, true, true};
}
