// SPDX-License-Identifier: Apache-2.0
//
// What the functions of annotated.cc must be with the detector off, written by
// hand: the volatile, relaxed atomic access, or nothing. Includes none of our
// headers.

#include <stddef.h>
#include <stdint.h>

#include "tests/disabled/twins.h"

// Field by field, as the classes of annotated.cc are copied.
struct CheckedPair {
  int a;
  long b;
};

namespace {

typedef uint16_t __attribute__((aligned(1), may_alias)) Packed16;
typedef uint32_t __attribute__((aligned(1), may_alias)) Packed32;
typedef uint64_t __attribute__((aligned(1), may_alias)) Packed64;

template <typename T>
inline __attribute__((always_inline)) T Load(const volatile T* p) {
  return __atomic_load_n(p, __ATOMIC_RELAXED);
}
template <typename T>
inline __attribute__((always_inline)) void Store(volatile T* p, T v) {
  __atomic_store_n(p, v, __ATOMIC_RELAXED);
}
// Of types that the builtin does not take.
template <typename W, typename T>
inline __attribute__((always_inline)) T LoadAs(const T* p) {
  typedef W __attribute__((may_alias)) Aliased;
  return __builtin_bit_cast(
      T, W(__atomic_load_n(reinterpret_cast<const volatile Aliased*>(p),
                           __ATOMIC_RELAXED)));
}
template <typename W, typename T>
inline __attribute__((always_inline)) void StoreAs(T* p, T v) {
  typedef W __attribute__((may_alias)) Aliased;
  __atomic_store_n(reinterpret_cast<volatile Aliased*>(p),
                   __builtin_bit_cast(W, v), __ATOMIC_RELAXED);
}

inline __attribute__((always_inline)) bool Retry(const uint32_t* sequence,
                                                 uint32_t start) {
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  const uint32_t now = Load(sequence);
  return now != start;
}

}  // namespace

extern "C" {

#define TWIN(type, name)                                      \
  type read_##name(const type* p) { return Load(p); }         \
  void write_##name(type* p, type v) { Store(p, v); }         \
  type read_nocheck_##name(const type* p) { return Load(p); } \
  type read_twice_##name(const type* p) {                     \
    return static_cast<type>(Load(p) + Load(p));              \
  }
FOR_EACH_INTEGER(TWIN)
#undef TWIN

void* read_pointer(void* const* p) { return Load(p); }
void write_pointer(void** p, void* v) { Store(p, v); }
void write_null(void** p) { Store<void*>(p, nullptr); }
Function read_function(const Function* p) { return Load(p); }
bool read_bool(const bool* p) { return LoadAs<uint8_t>(p); }
void write_bool(bool* p, bool v) { StoreAs<uint8_t>(p, v); }
Colour read_enum(const Colour* p) { return LoadAs<uint32_t>(p); }
void write_enum(Colour* p, Colour v) { StoreAs<uint32_t>(p, v); }
double read_double(const double* p) { return LoadAs<uint64_t>(p); }
void write_double(double* p, double v) { StoreAs<uint64_t>(p, v); }
float read_float(const float* p) { return LoadAs<uint32_t>(p); }
int read_volatile(const volatile int* p) { return Load(p); }
int read_element(const int* p, long i) { return Load(&p[i]); }
uint16_t read_packed16(const Packed* p) {
  const void* field = reinterpret_cast<const char*>(p) + 1;
  return *static_cast<const volatile Packed16*>(field);
}
uint64_t read_packed64(const Packed* p) {
  const void* field = reinterpret_cast<const char*>(p) + 7;
  return *static_cast<const volatile Packed64*>(field);
}
void write_packed32(Packed* p, uint32_t v) {
  void* field = reinterpret_cast<char*>(p) + 3;
  *static_cast<volatile Packed32*>(field) = v;
}
int wait_until_set(const int* p) {
  int n = 0;
  while (Load(p) == 0) ++n;
  return n;
}
int compare(const int* p, int v) { return Load(p) == v ? 3 : 4; }
void increment(long* p) { Store(p, Load(p) + 1); }

int race_read(const int* p) { return *p; }
int race_sum(const int* p, const int* q) { return *p + *q; }
void race_write(int* p, int v) { *p = v; }
bool race_compare(const int* p, int v) { return *p >= v; }
Large race_large(const Large* p) { return *p; }
void race_call(void (*f)()) { f(); }
int race_read_once(const int* p) { return Load(p); }

long racy_read(const long* p) { return Load(p); }
void racy_count(long* p) { Store(p, Load(p) + 1); }
void racy_add(double* p, double v) {
  StoreAs<uint64_t>(p, LoadAs<uint64_t>(p) + v);
}

int checked_read(const int* p) { return *p; }
void checked_write(int* p, int v) { *p = v; }
void checked_add(int* p, int v) { *p += v; }
int checked_count(int* p) { return (*p)++; }
int checked_sum(const int* p, long n) {
  int sum = 0;
  for (long i = 0; i < n; ++i) sum += p[i];
  return sum;
}
void checked_copy(CheckedPair* to, const CheckedPair* from) {
  to->a = from->a;
  to->b = from->b;
}

int not_instrumented(const int* p) { return *p; }

void full_barrier() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
void read_barrier() { __atomic_thread_fence(__ATOMIC_ACQUIRE); }
void write_barrier() { __atomic_thread_fence(__ATOMIC_RELEASE); }
void publish(int* p, int v) {
  __atomic_store_n(static_cast<volatile int*>(p), v, __ATOMIC_RELEASE);
}
int pick_up(const int* p) {
  return __atomic_load_n(static_cast<const volatile int*>(p), __ATOMIC_ACQUIRE);
}
void store_and_barrier(int* p, int v) {
  Store(p, v);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
#if defined(__x86_64__)
#define DMA_WMB() __asm__ __volatile__("" ::: "memory")
#define DMA_RMB() __asm__ __volatile__("" ::: "memory")
#define SYSTEM_MB() __asm__ __volatile__("mfence" ::: "memory")
#elif defined(__aarch64__)
#define DMA_WMB() __asm__ __volatile__("dmb oshst" ::: "memory")
#define DMA_RMB() __asm__ __volatile__("dmb oshld" ::: "memory")
#define SYSTEM_MB() __asm__ __volatile__("dsb sy" ::: "memory")
#endif
void device_barriers(int* p) {
  *p = 1;
  DMA_WMB();
  *p = 2;
  DMA_RMB();
}
void virtio_barriers(int* p, bool weak) {
  if (weak) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
  } else {
    SYSTEM_MB();
  }
  *p = 1;
  if (weak) {
    __atomic_thread_fence(__ATOMIC_RELEASE);
  } else {
    DMA_WMB();
  }
  *p = 2;
  if (weak) {
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
  } else {
    DMA_RMB();
  }
  Store(p, 3);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void regions(int* p) { *p = 1; }
void told(int* p) { *p = 1; }

void copy_out(Large* own, const Large* shared) {
  for (int i = 0; i < 5; ++i) own->words[i] = Load(&shared->words[i]);
}
void copy_in(Large* shared, const Large* own) {
  for (int i = 0; i < 5; ++i) Store(&shared->words[i], own->words[i]);
}
void seq_write(uint32_t* sequence, int* p) {
  Store(sequence, Load(sequence) + 1);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  Store(p, 1);
  __atomic_store_n(static_cast<volatile uint32_t*>(sequence),
                   Load(sequence) + 1, __ATOMIC_RELEASE);
}
int seq_read(const uint32_t* sequence, const int* p) {
  for (;;) {
    uint32_t start = 0;
    while (((start = __atomic_load_n(
                 static_cast<const volatile uint32_t*>(sequence),
                 __ATOMIC_ACQUIRE)) &
            1) != 0) {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#elif defined(__aarch64__)
      __asm__ __volatile__("yield");
#endif
    }
    const int value = Load(p);
    if (!Retry(sequence, start)) return value;
  }
}

#define TWIN(bits)                                                          \
  uint##bits##_t virtio_read##bits(const uint##bits##_t* p) {               \
    return Load(p);                                                         \
  }                                                                         \
  void virtio_write##bits(uint##bits##_t* p, uint##bits##_t v) {            \
    Store<uint##bits##_t>(p, __builtin_bswap##bits(v));                     \
  }                                                                         \
  uint##bits##_t le_read##bits(const uint##bits##_t* p) { return Load(p); } \
  void le_write##bits(uint##bits##_t* p, uint##bits##_t v) { Store(p, v); }
TWIN(16)
TWIN(32)
TWIN(64)
#undef TWIN

void claims(int* p, Packed*) { *p = 1; }
void scoped_claims(int* p, Packed*) { *p = 1; }

}  // extern "C"
