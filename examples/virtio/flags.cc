// SPDX-License-Identifier: Apache-2.0

#include "examples/virtio/flags.h"

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace virtio {
namespace {

template <typename T>
struct Choice {
  absl::string_view name;
  T value;
};

constexpr Choice<RingKind> kRings[] = {{"split", RingKind::kSplit},
                                       {"packed", RingKind::kPacked}};
constexpr Choice<Mark> kMarks[] = {{"plain", Mark::kPlain},
                                   {"data_race", Mark::kDataRace},
                                   {"read_once", Mark::kReadOnce},
                                   {"virtio_read", Mark::kVirtioRead}};
constexpr Choice<DeviceKind> kDevices[] = {{"thread", DeviceKind::kThread},
                                           {"process", DeviceKind::kProcess}};

template <typename T, size_t n>
const char* NameIn(const Choice<T> (&choices)[n], T value) {
  for (const Choice<T>& choice : choices) {
    if (choice.value == value) return choice.name.data();
  }
  return "?";
}

template <typename T, size_t n>
bool ParseIn(const Choice<T> (&choices)[n], absl::string_view text, T* value,
             std::string* error) {
  *error = "must be one of:";
  for (const Choice<T>& choice : choices) {
    if (choice.name == text) {
      *value = choice.value;
      return true;
    }
    absl::StrAppend(error, " ", choice.name);
  }
  return false;
}

}  // namespace

const char* NameOf(RingKind ring) { return NameIn(kRings, ring); }
const char* NameOf(Mark mark) { return NameIn(kMarks, mark); }
const char* NameOf(DeviceKind device) { return NameIn(kDevices, device); }

// What makes these types of flags; found by argument-dependent lookup.
bool AbslParseFlag(absl::string_view text, RingKind* ring, std::string* error);
bool AbslParseFlag(absl::string_view text, Mark* mark, std::string* error);
bool AbslParseFlag(absl::string_view text, DeviceKind* kind,
                   std::string* error);
std::string AbslUnparseFlag(RingKind ring);
std::string AbslUnparseFlag(Mark mark);
std::string AbslUnparseFlag(DeviceKind device);

bool AbslParseFlag(absl::string_view text, RingKind* ring, std::string* error) {
  return ParseIn(kRings, text, ring, error);
}
bool AbslParseFlag(absl::string_view text, Mark* mark, std::string* error) {
  return ParseIn(kMarks, text, mark, error);
}
bool AbslParseFlag(absl::string_view text, DeviceKind* kind,
                   std::string* error) {
  return ParseIn(kDevices, text, kind, error);
}
std::string AbslUnparseFlag(RingKind ring) { return NameOf(ring); }
std::string AbslUnparseFlag(Mark mark) { return NameOf(mark); }
std::string AbslUnparseFlag(DeviceKind device) { return NameOf(device); }

}  // namespace virtio

ABSL_FLAG(virtio::RingKind, ring, virtio::RingKind::kSplit,
          "format of the virtqueue: split or packed");
ABSL_FLAG(virtio::Mark, mark, virtio::Mark::kPlain,
          "how the driver reads what the device writes: plain, data_race, "
          "read_once or virtio_read");
ABSL_FLAG(virtio::DeviceKind, device, virtio::DeviceKind::kProcess,
          "where the device runs: thread or process");
ABSL_FLAG(uint32_t, buffers, 20000, "buffers to send");
ABSL_FLAG(uint32_t, queue_size, 256,
          "descriptors in the queue: 4 to 32768, a power of two if split");
ABSL_FLAG(uint64_t, seed, 1, "seed of the buffers' contents and lengths");

namespace virtio {
namespace {

constexpr const char* kFlagNames[] = {"ring",    "mark",       "device",
                                      "buffers", "queue_size", "seed"};

std::string Usage() {
  std::string text =
      "virtio_ring: a driver and a device exchange buffers over a virtqueue,\n"
      "under a data-race detector.\n\n";
  for (const char* name : kFlagNames) {
    const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
    absl::StrAppend(&text, "  --", absl::StrReplaceAll(name, {{"_", "-"}}), "=",
                    flag->DefaultValue(), "\n      ", flag->Help(), "\n");
  }
  absl::StrAppend(&text,
                  "\nExit status: 0 all buffers intact, 1 not so, 2 bad usage, "
                  "66 a race was reported.\n");
  return text;
}

// One of ours, not of those that Abseil brings along.
absl::CommandLineFlag* FindFlag(absl::string_view name) {
  const std::string with_underscores = absl::StrReplaceAll(name, {{"-", "_"}});
  for (const char* known : kFlagNames) {
    if (with_underscores == known) return absl::FindCommandLineFlag(known);
  }
  return nullptr;
}

}  // namespace

// Not absl::ParseCommandLine(), which ends the program with status 1, our
// status for a damaged buffer, and knows no dashes in names.
ParseResult ParseFlags(int argc, char** argv, Flags* flags, std::string* text) {
  for (int i = 1; i < argc; ++i) {
    const absl::string_view argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      *text = Usage();
      return ParseResult::kHelp;
    }
    const size_t equals = argument.find('=');
    absl::CommandLineFlag* flag =
        absl::StartsWith(argument, "--")
            ? FindFlag(argument.substr(
                  2, equals == argument.npos ? equals : equals - 2))
            : nullptr;
    if (flag == nullptr) {
      *text = absl::StrCat("unknown argument: ", argument);
      return ParseResult::kError;
    }
    absl::string_view value;
    if (equals != argument.npos) {
      value = argument.substr(equals + 1);
    } else if (++i < argc) {
      value = argv[i];
    } else {
      *text = absl::StrCat(argument, ": the value is missing");
      return ParseResult::kError;
    }
    std::string error;
    if (!flag->ParseFrom(value, &error)) {
      *text = absl::StrCat("--", flag->Name(), ": ", error);
      return ParseResult::kError;
    }
  }

  *flags = {absl::GetFlag(FLAGS_ring),       absl::GetFlag(FLAGS_mark),
            absl::GetFlag(FLAGS_device),     absl::GetFlag(FLAGS_buffers),
            absl::GetFlag(FLAGS_queue_size), absl::GetFlag(FLAGS_seed)};
  if (!IsValidQueueSize(flags->ring, flags->queue_size)) {
    *text =
        absl::StrCat("--queue-size: ", flags->queue_size, " is not ",
                     flags->ring == RingKind::kSplit ? "a power of two " : "",
                     "between ", kMaxChainLength, " and ", kMaxQueueSize);
    return ParseResult::kError;
  }
  return ParseResult::kRun;
}

}  // namespace virtio
