// SPDX-License-Identifier: Apache-2.0
//
// The function behind the stub's wrapper, for links without --wrap.

#include <string.h>

size_t __real_strlen(const char* s) { return strlen(s); }
