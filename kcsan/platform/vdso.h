// SPDX-License-Identifier: Apache-2.0
//
// The kernel's clock, without the kernel and without the C library: Linux maps
// a small library, the vDSO, into every process, and its clock_gettime() reads
// the clock in some 20 ns, where the system call takes hundreds.

#ifndef KCSAN_PLATFORM_VDSO_H_
#define KCSAN_PLATFORM_VDSO_H_

#include <stdint.h>
#include <time.h>

namespace kcsan {
namespace platform {

using ClockFunction = int (*)(clockid_t clock, timespec* now);

// Null if there is none: another architecture, an emulator, a debugger that
// hides it.
ClockFunction FindVdsoClock();

// The same for a vDSO at `image`, the address of its ELF header, and for a
// function of any name. Null if it has none of that name.
const void* FindInVdso(uintptr_t image, const char* name);

}  // namespace platform
}  // namespace kcsan

#endif  // KCSAN_PLATFORM_VDSO_H_
