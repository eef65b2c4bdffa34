// SPDX-License-Identifier: Apache-2.0
//
// What the footer of a report says of the machine and the process.

#ifndef KCSAN_REPORT_HOST_INFO_H_
#define KCSAN_REPORT_HOST_INFO_H_

#include "kcsan/report/format.h"

namespace kcsan {
namespace report {

// Texts are kept in static storage. The holder of the report lock calls it.
HostInfo GetHostInfo();

}  // namespace report
}  // namespace kcsan

#endif  // KCSAN_REPORT_HOST_INFO_H_
