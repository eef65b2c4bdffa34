// SPDX-License-Identifier: Apache-2.0

#include "kcsan/report/debug_info.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>

#include "kcsan/checks.h"
#include "kcsan/report/modules.h"

namespace kcsan {
namespace report {
namespace {

// Missing or broken debug information is no error: there is a next best answer.
void IgnoreError(void*, const char*, int) {}

// What libbacktrace has read it never gives back. A program that loads and
// unloads plugins all day would be eaten up by what we leave behind, so there
// is an end: modules that come later have offsets only.
enum : int { kMaxModules = 32 };

struct KnownModule {
  uint64_t key;  // 0: not there yet
  backtrace_state* state;
};

KnownModule g_modules[kMaxModules];
int g_num_modules;

// The module that libbacktrace is reading right now, on this thread.
struct Reading {
  dl_phdr_info* info;
  size_t info_size;
  // If not null, the one file that may be opened.
  const char* only_file;
};

KCSAN_INTERNAL_TLS Reading* t_reading;

uint64_t Hash(uint64_t hash, const char* text) {
  // FNV-1a.
  for (; *text != '\0'; ++text) {
    hash = (hash ^ static_cast<unsigned char>(*text)) * 0x100000001b3u;
  }
  return hash;
}

// Another library may come to lie where one lay before.
uint64_t KeyOf(const Module& module, const char* path) {
  const uint64_t seed = 0xcbf29ce484222325u ^ module.load_bias;
  return Hash(Hash(seed, path), module.build_id) | 1;
}

bool IsCLibrary(const Module& module) {
  static constexpr const char* kStarts[] = {"libc.so.", "libpthread.so.",
                                            "ld-linux"};
  for (const char* const start : kStarts) {
    if (strncmp(module.name, start, strlen(start)) == 0) return true;
  }
  return false;
}

backtrace_state* Find(uint64_t key) {
  for (const KnownModule& known : g_modules) {
    // Acquire: pairs with the release in Remember().
    if (__atomic_load_n(&known.key, __ATOMIC_ACQUIRE) == key) {
      return known.state;
    }
  }
  return nullptr;
}

// Two threads may come here at once (`IsRcuFunction`). The worst is a module
// that is read twice.
backtrace_state* Remember(uint64_t key, backtrace_state* state, int place) {
  KnownModule* const known = &g_modules[place];
  known->state = state;
  // Release: who sees the key sees the state.
  __atomic_store_n(&known->key, key, __ATOMIC_RELEASE);
  return state;
}

bool TakePlace(int* place) {
  if (__atomic_load_n(&g_num_modules, __ATOMIC_RELAXED) >= kMaxModules) {
    return false;
  }
  *place = __atomic_fetch_add(&g_num_modules, 1, __ATOMIC_RELAXED);
  return *place < kMaxModules;
}

int IgnoreLine(void*, uintptr_t, const char*, int, const char*) { return 0; }

struct Question {
  uintptr_t pc;
  backtrace_state* answer;
};

// The loader's list is locked, so that the module stays while it is read.
void OnModule(dl_phdr_info* info, size_t size, const Module& module,
              void* data) {
  Question* const question = static_cast<Question*>(data);
  const uint64_t key = KeyOf(module, info->dlpi_name);
  question->answer = Find(key);
  int place;
  if (question->answer != nullptr || !TakePlace(&place)) return;
  // For the program itself libbacktrace has better names than the loader.
  const bool is_program = info->dlpi_name[0] == '\0';
  const char* const path = is_program ? nullptr : info->dlpi_name;
  backtrace_state* const state =
      backtrace_create_state(path, /*threaded=*/1, &IgnoreError, nullptr);
  if (state == nullptr) return;
  Reading reading = {info, size, IsCLibrary(module) ? path : nullptr};
  t_reading = &reading;
  // The first question makes it read.
  backtrace_pcinfo(state, question->pc, &IgnoreLine, &IgnoreError, nullptr);
  t_reading = nullptr;
  question->answer = Remember(key, state, place);
}

}  // namespace

backtrace_state* DebugInfoFor(uintptr_t pc) {
  Question question = {pc, nullptr};
  VisitModule(pc, &OnModule, &question);
  return question.answer;
}

// What our copy of libbacktrace calls instead of the C library's functions, see
// BUILD. Only while it reads.
extern "C" {

int kcsan_backtrace_dl_iterate_phdr(int (*callback)(dl_phdr_info*, size_t,
                                                    void*),
                                    void* data) {
  if (t_reading == nullptr) return 0;
  return callback(t_reading->info, t_reading->info_size, data);
}

int kcsan_backtrace_open(const char* path, int flags, ...) {
  if (t_reading != nullptr && t_reading->only_file != nullptr &&
      strcmp(path, t_reading->only_file) != 0) {
    errno = ENOENT;
    return -1;
  }
  return open(path, flags);
}

}  // extern "C"

}  // namespace report
}  // namespace kcsan
