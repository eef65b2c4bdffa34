// SPDX-License-Identifier: Apache-2.0
//
// Text in a buffer of fixed size. What does not fit is cut, and noted.

#ifndef KCSAN_REPORT_TEXT_H_
#define KCSAN_REPORT_TEXT_H_

#include <stddef.h>
#include <string.h>

#include "absl/strings/str_format.h"

namespace kcsan {
namespace report {

class Text {
 public:
  // `capacity` includes the closing NUL. `reserve` bytes are kept back until
  // ReleaseReserve(), for what must always be said at the end.
  Text(char* buffer, size_t capacity, size_t reserve = 0)
      : buffer_(buffer), capacity_(capacity), reserve_(reserve) {
    buffer_[0] = '\0';
  }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  template <typename... Args>
  void Append(const absl::FormatSpec<Args...>& format, const Args&... args) {
    const size_t room = capacity_ - reserve_ - size_;
    // SNPrintF writes what fits and says how much there was.
    const int wanted = absl::SNPrintF(buffer_ + size_, room, format, args...);
    if (wanted < 0) return;
    if (static_cast<size_t>(wanted) < room) {
      size_ += static_cast<size_t>(wanted);
    } else {
      size_ += room - 1;
      is_cut_ = true;
    }
  }

  // A name that anybody may have chosen: control characters and quotes, which
  // would end the line or the name, become '?'.
  void AppendName(const char* name) {
    for (const char* c = name; *c != '\0'; ++c) {
      const unsigned char byte = static_cast<unsigned char>(*c);
      Append("%c", byte < ' ' || byte == 127 || byte == '"' ? '?' : *c);
    }
  }

  void ReleaseReserve() { reserve_ = 0; }
  bool is_cut() const { return is_cut_; }
  size_t size() const { return size_; }
  const char* data() const { return buffer_; }

 private:
  char* const buffer_;
  const size_t capacity_;
  size_t reserve_;
  size_t size_ = 0;
  bool is_cut_ = false;
};

}  // namespace report
}  // namespace kcsan

#endif  // KCSAN_REPORT_TEXT_H_
