// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/host_info.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kcsan/report/text.h"

namespace kcsan {
namespace report {
namespace {

// The first line of a small file, without its newline; "" if there is none.
template <size_t kSize>
const char* ReadLine(const char* path, char (&line)[kSize]) {
  line[0] = '\0';
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return line;
  const ssize_t size = read(fd, line, kSize - 1);
  close(fd);
  line[size > 0 ? size : 0] = '\0';
  line[strcspn(line, "\n")] = '\0';
  return line;
}

void FormatHardware(Text* text) {
  char vendor[64], product[64], version[64], date[32];
  ReadLine("/sys/class/dmi/id/sys_vendor", vendor);
  ReadLine("/sys/class/dmi/id/product_name", product);
  if (vendor[0] != '\0' || product[0] != '\0') {
    ReadLine("/sys/class/dmi/id/bios_version", version);
    ReadLine("/sys/class/dmi/id/bios_date", date);
    text->Append("%s %s, BIOS %s %s", vendor, product, version, date);
    return;
  }
  // Machines without a BIOS have a device tree.
  ReadLine("/proc/device-tree/model", product);
  text->Append("%s", product[0] != '\0' ? product : "unknown");
}

}  // namespace

HostInfo GetHostInfo() {
  static char command[64];
  static char kernel[160];
  static char hardware[256];
  const int saved_errno = errno;
  // Once: the machine does not change. The name and the pid may.
  if (hardware[0] == '\0') {
    Text text(hardware, sizeof(hardware));
    FormatHardware(&text);
    utsname name = {};
    uname(&name);
    Text(kernel, sizeof(kernel))
        .Append("%s %s %s", name.sysname, name.release, name.machine);
  }
  ReadLine("/proc/self/comm", command);
  if (command[0] == '\0') Text(command, sizeof(command)).Append("unknown");
  errno = saved_errno;
  return HostInfo{getpid(), command, kernel, hardware};
}

}  // namespace report
}  // namespace kcsan
