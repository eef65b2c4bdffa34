// SPDX-License-Identifier: Apache-2.0
//
// A library that a test loads while it runs.

extern "C" int kcsan_test_plugin_function(int x);
extern "C" int kcsan_test_plugin_function(int x) { return x + 1; }
