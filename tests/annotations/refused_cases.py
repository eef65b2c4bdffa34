# SPDX-License-Identifier: Apache-2.0
"""Misuse that must not compile, each beside the use that must.

(name, words, refused, accepted). `words` is a regular expression that the first
error has to match, whichever the compiler: our own sentence, or where the
language has the say, what the compilers call it.
"""

INCLUDES = "".join("#include \"kcsan/%s.h\"\n" % name for name in (
    "annotations/atomic_region", "annotations/barriers", "annotations/checked",
    "annotations/data_race", "annotations/data_racy", "annotations/endian",
    "annotations/once", "annotations/once_memcpy", "annotations/seqlock",
    "annotations/virtio", "assert/exclusive", "assert/exclusive_scoped"))

DECLARATIONS = """
struct Large { long words[2]; };
struct Three { char bytes[3]; };
struct Pair { int a, b; };  // of 8 bytes and aligned to 4
struct Owner {
  Owner(const Owner& other) : p(other.p) {}
  Owner& operator=(const Owner&) = default;
  int* p;
};
struct Bits { unsigned low : 4, high : 4; };
struct Ring {
  kcsan::virtio16 idx;
  kcsan::le16 flags;
  kcsan::le32 len;
  unsigned short raw;
  short number;
};
struct Stranger {};
extern int x;
extern const int constant;
extern Large large;
extern Three three;
extern Pair pair;
extern Owner owner;
extern Bits bits;
extern Ring ring;
extern int array[4];
extern kcsan::data_racy<int> racy;
extern kcsan::checked<int> checked;
extern kcsan::SeqCount sequence;
constexpr auto kModern = kcsan::VirtioByteOrder::kModern;
int Make();
"""

SIZE = r"READ_ONCE/WRITE_ONCE: the object must have 1, 2, 4 or 8 bytes"
COPY = r"READ_ONCE/WRITE_ONCE: the type must be trivially copyable"
ARRAY = r"READ_ONCE/WRITE_ONCE: an array is not one value"
RACY = r"kcsan::data_racy<T>: T must be an integer, bool, enum, pointer"
CHECKED = r"kcsan::checked<T>: T must be trivially copyable"
MASK = r"ASSERT_EXCLUSIVE_BITS: the mask must be an integer or enum"
EIGHT = r"ASSERT_EXCLUSIVE_BITS: the variable must have at most 8 bytes"
WIDTH = r"the field is not as wide as the macro's name says"
UNSIGNED = r"the field must be an unsigned integer"
DEVICE = r"there is no virtio_is_little_endian\(\) for this type"
# The compilers' own.
BIT_FIELD = r"bit-field"
NO_LVALUE = r"[lrpx]+value|not assignable"
NO_CONVERSION = r"no match|(cannot|could not) convert|invalid conversion|" \
    r"no viable|cannot initialize|no known conversion|invalid operands|" \
    r"not contextually convertible"
ARGUMENTS = r"requires 2 arguments|too few arguments"
NO_COPY = r"deleted"

CASES = [
    ("read_once_of_16_bytes", SIZE,
     "long f() { return READ_ONCE(large).words[0]; }",
     "long f() { return READ_ONCE(large.words[0]); }"),
    ("read_once_of_3_bytes", SIZE,
     "void f() { READ_ONCE(three); }",
     "char f() { return READ_ONCE(three.bytes[0]); }"),
    ("read_once_of_long_double", SIZE,
     "bool f(long double& v) { return READ_ONCE(v) > 0; }",
     "bool f(double& v) { return READ_ONCE(v) > 0; }"),
    ("write_once_of_16_bytes", SIZE,
     "void f(const Large& own) { WRITE_ONCE(large, own); }",
     "void f(const Large& own) { once_memcpy_to(&large, &own, sizeof(own)); }"),
    ("nocheck_of_16_bytes", SIZE,
     "void f() { READ_ONCE_NOCHECK(large); }",
     "long f() { return READ_ONCE_NOCHECK(large.words[1]); }"),
    ("read_once_of_array", ARRAY,
     "void f() { READ_ONCE(array); }",
     "int f() { return READ_ONCE(array[1]); }"),
    ("read_once_of_small_array", ARRAY,
     "void f(int (&two)[2]) { READ_ONCE(two); }",
     "int f(int (&two)[2]) { return READ_ONCE(two[1]); }"),
    ("write_once_of_array", ARRAY,
     "void f(int (&two)[2]) { WRITE_ONCE(array, two); }",
     "void f(int (&two)[2]) { WRITE_ONCE(array[0], two[0]); }"),
    ("nocheck_of_array", ARRAY,
     "void f() { READ_ONCE_NOCHECK(array); }",
     "int f() { return READ_ONCE_NOCHECK(array[1]); }"),
    ("acquire_of_array", ARRAY,
     "void f() { smp_load_acquire(&array); }",
     "int f() { return smp_load_acquire(&array[1]); }"),
    ("read_once_not_copyable", COPY,
     "void f() { READ_ONCE(owner); }",
     "int* f() { return READ_ONCE(owner.p); }"),
    ("write_once_not_copyable", COPY,
     "void f(const Owner& own) { WRITE_ONCE(owner, own); }",
     "void f(const Owner& own) { WRITE_ONCE(owner.p, own.p); }"),
    ("write_once_const", r"WRITE_ONCE: the object is const",
     "void f() { WRITE_ONCE(constant, 1); }",
     "int f() { return READ_ONCE(constant); }"),
    ("write_once_has_no_value", r"void",
     "int f() { return WRITE_ONCE(x, 1); }",
     "void f() { return WRITE_ONCE(x, 1); }"),
    ("write_once_converts_as_assignment", NO_CONVERSION,
     "void f() { WRITE_ONCE(owner.p, 1L); }",
     "void f() { WRITE_ONCE(owner.p, nullptr); }"),
    ("read_once_is_no_lvalue", NO_LVALUE,
     "void f() { READ_ONCE(x) = 1; }",
     "void f() { WRITE_ONCE(x, 1); }"),
    ("read_once_of_temporary", NO_LVALUE,
     "int f() { return READ_ONCE(Make()); }",
     "int f() { return READ_ONCE(x); }"),
    ("read_once_of_bit_field", BIT_FIELD,
     "unsigned f() { return READ_ONCE(bits.low); }",
     "unsigned f() { return READ_ONCE(bits).low; }"),

    ("release_less_aligned", r"the type must be aligned to its size",
     "void f() { smp_store_release(&pair, {1, 2}); }",
     "void f() { WRITE_ONCE(pair, {1, 2}); }"),
    ("acquire_less_aligned", r"the type must be aligned to its size",
     "void f() { smp_load_acquire(&pair); }",
     "int f() { return smp_load_acquire(&pair.a); }"),
    ("acquire_of_16_bytes", SIZE,
     "void f() { smp_load_acquire(&large); }",
     "long f() { return smp_load_acquire(&large.words[0]); }"),
    ("release_const", r"smp_store_release: the object is const",
     "void f() { smp_store_release(&constant, 1); }",
     "int f() { return smp_load_acquire(&constant); }"),
    ("memcpy_out_of_value", NO_CONVERSION,
     "void f(Large* own) { once_memcpy(own, large, sizeof(*own)); }",
     "void f(Large* own) { once_memcpy(own, &large, sizeof(*own)); }"),
    ("memcpy_into_const", r"const|" + NO_CONVERSION,
     "void f(const int* own) { once_memcpy_to(&constant, own, 4); }",
     "void f(const int* own) { once_memcpy_to(&x, own, 4); }"),
    ("seqcount_copied", NO_COPY,
     "void f() { kcsan::SeqCount other(sequence); (void)other; }",
     "bool f() { return sequence.ReadRetry(sequence.ReadBegin()); }"),
    ("region_copied", NO_COPY,
     "void f() { kcsan::AtomicRegion a; kcsan::AtomicRegion b(a); }",
     "void f() { kcsan::AtomicRegion a; kcsan::AtomicRegion b; }"),

    ("data_race_at_namespace_scope", r"statement.expression",
     "int copy = data_race(x);",
     "int f() { return data_race(x); }"),
    ("data_race_is_no_lvalue", NO_LVALUE,
     "void f() { data_race(x) = 1; }",
     "void f() { data_race(x = 1); }"),
    ("data_race_is_no_reference", NO_LVALUE,
     "void f() { int& reference = data_race(x); (void)reference; }",
     "void f() { const int& copy = data_race(x); (void)copy; }"),
    ("data_race_is_no_constant", r"constant|constexpr",
     "void f() { constexpr int kCopy = data_race(1); (void)kCopy; }",
     "void f() { const int copy = data_race(1); (void)copy; }"),
    ("data_race_of_statement", r"expected|return",
     "int f() { data_race(return x); }",
     "int f() { return data_race(x); }"),
    ("data_racy_of_struct", RACY,
     "kcsan::data_racy<Pair> v;", "kcsan::data_racy<int> v;"),
    ("data_racy_of_const", RACY,
     "kcsan::data_racy<const int> v{1};",
     "extern const kcsan::data_racy<int> v;"),
    ("data_racy_of_volatile", RACY,
     "kcsan::data_racy<volatile int> v;", "volatile int v;"),
    ("data_racy_of_long_double", RACY,
     "kcsan::data_racy<long double> v;", "kcsan::data_racy<double> v;"),
    ("data_racy_of_array", RACY,
     "kcsan::data_racy<int[2]> v;", "kcsan::data_racy<int> v[2];"),
    ("data_racy_hands_out_no_reference", NO_LVALUE + "|" + NO_CONVERSION +
     r"|cannot bind",
     "int& f() { return racy; }", "int f() { return racy; }"),
    ("data_racy_hands_out_no_pointer", NO_CONVERSION,
     "int* f() { return &racy; }",
     "kcsan::data_racy<int>* f() { return &racy; }"),
    ("checked_not_copyable", CHECKED,
     "void f(kcsan::checked<Owner>& v) { v.get(); }",
     "int* f(kcsan::checked<int*>& v) { return v.get(); }"),
    ("checked_of_const", CHECKED,
     "kcsan::checked<const int> v{1};",
     "extern const kcsan::checked<int> v;"),
    ("checked_of_array", CHECKED,
     "kcsan::checked<int[2]> v;", "kcsan::checked<int> v[2];"),
    ("checked_hands_out_no_reference", NO_LVALUE + "|" + NO_CONVERSION +
     r"|cannot bind",
     "int& f() { return checked; }",
     "int& f() { return checked.unchecked(); }"),

    ("bits_without_mask", ARGUMENTS,
     "void f() { ASSERT_EXCLUSIVE_BITS(x); }",
     "void f() { ASSERT_EXCLUSIVE_BITS(x, 1); }"),
    ("bits_scoped_without_mask", ARGUMENTS,
     "void f() { ASSERT_EXCLUSIVE_BITS_SCOPED(x); }",
     "void f() { ASSERT_EXCLUSIVE_BITS_SCOPED(x, 1); }"),
    ("bits_pointer_as_mask", MASK,
     "void f() { ASSERT_EXCLUSIVE_BITS(x, &x); }",
     "void f() { ASSERT_EXCLUSIVE_BITS(x, ~7); }"),
    ("bits_double_as_mask", MASK,
     "void f() { ASSERT_EXCLUSIVE_BITS(x, 1.0); }",
     "void f() { ASSERT_EXCLUSIVE_BITS(x, 1ul); }"),
    ("bits_scoped_double_as_mask", MASK,
     "void f() { ASSERT_EXCLUSIVE_BITS_SCOPED(x, 1.0); }",
     "void f() { ASSERT_EXCLUSIVE_BITS_SCOPED(x, '\\1'); }"),
    ("bits_of_16_bytes", EIGHT,
     "void f() { ASSERT_EXCLUSIVE_BITS(large, 1); }",
     "void f() { ASSERT_EXCLUSIVE_BITS(large.words[0], 1); }"),
    ("bits_scoped_of_16_bytes", EIGHT,
     "void f() { ASSERT_EXCLUSIVE_BITS_SCOPED(large, 1); }",
     "void f() { ASSERT_EXCLUSIVE_BITS_SCOPED(large.words[0], 1); }"),
    ("writer_of_bit_field", BIT_FIELD,
     "void f() { ASSERT_EXCLUSIVE_WRITER(bits.low); }",
     "void f() { ASSERT_EXCLUSIVE_BITS(bits, 0xf); }"),
    ("access_scoped_of_bit_field", BIT_FIELD,
     "void f() { ASSERT_EXCLUSIVE_ACCESS_SCOPED(bits.low); }",
     "void f() { ASSERT_EXCLUSIVE_ACCESS_SCOPED(bits); }"),
    ("access_of_temporary", NO_LVALUE,
     "void f() { ASSERT_EXCLUSIVE_ACCESS(Make()); }",
     "void f() { ASSERT_EXCLUSIVE_ACCESS(array); }"),
    # Off as well: a claim must not rot.
    ("writer_of_nothing", r"nothing_there",
     "void f() { ASSERT_EXCLUSIVE_WRITER(nothing_there); }",
     "void f() { ASSERT_EXCLUSIVE_WRITER(x); }"),
    ("writer_scoped_of_nothing", r"nothing_there",
     "void f() { ASSERT_EXCLUSIVE_WRITER_SCOPED(nothing_there); }",
     "void f() { ASSERT_EXCLUSIVE_WRITER_SCOPED(x); }"),

    ("virtio_compared_raw", NO_CONVERSION,
     "bool f() { return ring.idx == 3; }",
     "bool f() { return VIRTIO16_READ(kModern, ring.idx) == 3; }"),
    ("virtio_assigned_raw", NO_CONVERSION,
     "void f() { ring.idx = 3; }",
     "void f() { VIRTIO16_WRITE(kModern, ring.idx, 3); }"),
    ("virtio_taken_raw", NO_CONVERSION,
     "unsigned f() { return ring.idx; }",
     "unsigned f() { return ring.idx.Raw(); }"),
    ("virtio_compared_with_each_other", NO_CONVERSION,
     "bool f(kcsan::virtio16 a) { return a == ring.idx; }",
     "bool f(kcsan::virtio16 a) { return a.Raw() == ring.idx.Raw(); }"),
    ("little_added_raw", NO_CONVERSION,
     "unsigned f() { return ring.len + 1; }",
     "unsigned f() { return LE32_READ(ring.len) + 1; }"),
    ("little_as_condition", NO_CONVERSION,
     "bool f() { if (ring.flags) return true; return false; }",
     "bool f() { if (LE16_READ(ring.flags)) return true; return false; }"),
    ("little_as_virtio", NO_CONVERSION,
     "void f() { ring.idx = ring.flags; }",
     "void f(kcsan::le16 own) { ring.flags = own; }"),
    ("read_once_gives_no_number", NO_CONVERSION,
     "bool f() { return READ_ONCE(ring.idx) == 3; }",
     "bool f() { return READ_ONCE(ring.idx).ToCpu(kModern) == 3; }"),
    ("little_read_of_virtio", r"this field is in the device's byte order",
     "unsigned f() { return LE16_READ(ring.idx); }",
     "unsigned f() { return VIRTIO16_READ(kModern, ring.idx); }"),
    ("virtio_write_of_little", r"this field is little-endian whatever the",
     "void f() { VIRTIO16_WRITE(kModern, ring.flags, 1); }",
     "void f() { LE16_WRITE(ring.flags, 1); }"),
    ("virtio_wrong_width", WIDTH,
     "unsigned f() { return VIRTIO32_READ(kModern, ring.idx); }",
     "unsigned f() { return VIRTIO16_READ(kModern, ring.raw); }"),
    ("little_wrong_width", WIDTH,
     "void f() { LE16_WRITE(ring.len, 1); }",
     "void f() { LE32_WRITE(ring.len, 1); }"),
    ("virtio_signed_field", UNSIGNED,
     "unsigned f() { return VIRTIO16_READ(kModern, ring.number); }",
     "unsigned f() { return LE16_READ(ring.raw); }"),
    ("virtio_struct_field", UNSIGNED,
     "unsigned long f() { return LE64_READ(pair); }",
     "unsigned long f(kcsan::le64& v) { return LE64_READ(v); }"),
    ("virtio_unknown_device", DEVICE,
     "unsigned f(Stranger* vdev) { return VIRTIO16_READ(vdev, ring.idx); }",
     "struct Known {};\n"
     "bool virtio_is_little_endian(Known*);\n"
     "unsigned f(Known* vdev) { return VIRTIO16_READ(vdev, ring.idx); }"),
    ("virtio_number_as_device", DEVICE,
     "unsigned f() { return VIRTIO16_READ(0, ring.idx); }",
     "unsigned f() { return VIRTIO16_READ(kModern, ring.idx); }"),
]
