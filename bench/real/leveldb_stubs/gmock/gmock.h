// SPDX-License-Identifier: Apache-2.0
//
// What leveldb's db_bench needs of GoogleMock: that one header can be read
// which it uses nothing of. So neither GoogleTest nor its build is needed.

#ifndef KCSAN_BENCH_REAL_LEVELDB_STUBS_GMOCK_GMOCK_H_
#define KCSAN_BENCH_REAL_LEVELDB_STUBS_GMOCK_GMOCK_H_

#define MATCHER(name, text) \
  template <typename T>     \
  inline bool name(const T& arg)

namespace testing {

struct UnitTest {
  static UnitTest* GetInstance();
  int random_seed();
};

}  // namespace testing

#endif  // KCSAN_BENCH_REAL_LEVELDB_STUBS_GMOCK_GMOCK_H_
