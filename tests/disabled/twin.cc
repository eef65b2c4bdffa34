// SPDX-License-Identifier: Apache-2.0
//
// What annotated.cc must come down to: the same functions by hand, without this
// library.

enum class Color : unsigned char { kRed };

struct Wide {
  short a, b, c, d;
};

struct __attribute__((packed)) Packed {
  char tag;
  unsigned short field;
};

long* checked_long;
long* racy_long;
long seqcount_data;

namespace {

// volatile and relaxed atomic: what READ_ONCE() promises.
template <typename T>
inline __attribute__((always_inline)) T Load(const T* p) {
  return __atomic_load_n(static_cast<const volatile T*>(p), __ATOMIC_RELAXED);
}

template <typename T>
inline __attribute__((always_inline)) void Store(T* p, T v) {
  __atomic_store_n(static_cast<volatile T*>(p), v, __ATOMIC_RELAXED);
}

typedef unsigned short Unaligned16 __attribute__((aligned(1), may_alias));

}  // namespace

extern "C" {

int ReadInt(const int* p) { return Load(p); }
char ReadChar(const char* p) { return Load(p); }
short ReadShort(const short* p) { return Load(p); }
long ReadLong(const long* p) { return Load(p); }
#if defined(__clang__)
bool ReadBool(const bool* p) { return Load(p); }
#else
// Not the builtin, to which GCC adds a test for 0.
bool ReadBool(const bool* p) { return *static_cast<const volatile bool*>(p); }
#endif
void* ReadPointer(void* const* p) { return Load(p); }
Color ReadEnum(const Color* p) {
  return static_cast<Color>(Load(reinterpret_cast<const unsigned char*>(p)));
}
double ReadDouble(const double* p) {
  double v;
  __atomic_load(p, &v, __ATOMIC_RELAXED);
  return v;
}
int ReadVolatile(const volatile int* p) { return *p; }
unsigned short ReadPacked(const Packed* p) {
  return *reinterpret_cast<const volatile Unaligned16*>(
      reinterpret_cast<const char*>(p) + 1);
}
int ReadNoCheck(const int* p) { return Load(p); }
int ReadTwice(const int* p) { return Load(p) + Load(p); }

void WriteInt(int* p, int v) { Store(p, v); }
void WriteChar(char* p, char v) { Store(p, v); }
void WriteLong(long* p, long v) { Store(p, v); }
void WriteBool(bool* p, bool v) { Store(p, v); }
void WritePointer(void** p) { Store(p, static_cast<void*>(nullptr)); }
void WriteEnum(Color* p) {
  Store(reinterpret_cast<unsigned char*>(p),
        static_cast<unsigned char>(Color::kRed));
}
void WriteDouble(double* p, double v) {
  __atomic_store(p, &v, __ATOMIC_RELAXED);
}
void WritePacked(Packed* p, unsigned short v) {
  *reinterpret_cast<volatile Unaligned16*>(reinterpret_cast<char*>(p) + 1) = v;
}

int DataRaceRead(const int* p) { return *p + 1; }
void DataRaceWrite(int* p) { *p = 3; }
bool DataRaceCompare(const int* p, const int* q) { return *p >= *q; }

void FullBarrier() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
void ReadBarrier(int* p) {
  *p = 1;
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  *p = 2;
}
void WriteBarrier(int* p) {
  *p = 1;
  __atomic_thread_fence(__ATOMIC_RELEASE);
  *p = 2;
}
void StoreRelease(int* p, int v) { __atomic_store_n(p, v, __ATOMIC_RELEASE); }
int LoadAcquire(int* p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }

unsigned short Virtio16Read(const unsigned short* p) { return Load(p); }
void Virtio32Write(unsigned* p, unsigned v) { Store(p, v); }
unsigned long Le64Read(const unsigned long* p) { return Load(p); }

void Claims(int* p, Wide*) { *p = 7; }
void Told(int* p) { ++*p; }
void Regions(int* p) { ++*p; }
void NotEvaluated(int* (*)()) {}
long CheckedIncrement() { return ++*checked_long; }
long CheckedRead() { return *checked_long; }
int Exempt(const int* p) { return *p; }
void Switches() {}
long Counts() { return 0; }

}  // extern "C"
