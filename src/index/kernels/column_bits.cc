#include "index/kernels/column_bits.h"

#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/kernels/column_bits.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace fit::index {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kRows = 64;  // rows in a word of a bitmap

// The lanes of a mask as bits: lane i is bit i.
template <class D, class Mask>
std::uint64_t bits_of(D d, Mask mask) {
  std::array<std::uint8_t, 8> bytes{};
  hn::StoreMaskBits(d, mask, bytes.data());
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) bits |= std::uint64_t{bytes[i]} << (8 * i);
  return bits;
}

template <class Code>
void set_equal(const Code* HWY_RESTRICT column, Code value, std::uint64_t* HWY_RESTRICT bits,
               std::size_t words) {
  const hn::CappedTag<Code, kRows> d;
  const auto wanted = hn::Set(d, value);
  for (std::size_t word = 0; word < words; ++word, column += kRows) {
    std::uint64_t found = 0;
    for (std::size_t i = 0; i < kRows; i += hn::Lanes(d))
      found |= bits_of(d, hn::Eq(hn::LoadU(d, column + i), wanted)) << i;
    bits[word] |= found;
  }
}

void set_equal_8(const std::uint8_t* column, std::uint8_t value, std::uint64_t* bits, std::size_t words) {
  set_equal(column, value, bits, words);
}

void set_equal_16(const std::uint16_t* column, std::uint16_t value, std::uint64_t* bits, std::size_t words) {
  set_equal(column, value, bits, words);
}

void set_equal_32(const std::uint32_t* column, std::uint32_t value, std::uint64_t* bits, std::size_t words) {
  set_equal(column, value, bits, words);
}

template <class Value>
void keep_between(const Value* HWY_RESTRICT column, Value low, Value high, std::uint64_t* HWY_RESTRICT bits,
                  std::size_t words) {
  const hn::CappedTag<Value, kRows> d;
  const auto least = hn::Set(d, low);
  const auto most = hn::Set(d, high);
  for (std::size_t word = 0; word < words; ++word, column += kRows) {
    if (bits[word] == 0) continue;
    std::uint64_t found = 0;
    for (std::size_t i = 0; i < kRows; i += hn::Lanes(d)) {
      const auto values = hn::LoadU(d, column + i);
      found |= bits_of(d, hn::And(hn::Ge(values, least), hn::Le(values, most))) << i;
    }
    bits[word] &= found;
  }
}

void keep_numbers(const double* column, double low, double high, std::uint64_t* bits, std::size_t words) {
  keep_between(column, low, high, bits, words);
}

void keep_packed(const std::uint32_t* column, std::uint32_t low, std::uint32_t high, std::uint64_t* bits,
                 std::size_t words) {
  keep_between(column, low, high, bits, words);
}

void keep_times(const std::int64_t* column, std::int64_t low, std::int64_t high, std::uint64_t* bits,
                std::size_t words) {
  keep_between(column, low, high, bits, words);
}

}  // namespace HWY_NAMESPACE
}  // namespace fit::index
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fit::index {
namespace {

HWY_EXPORT(set_equal_8);
HWY_EXPORT(set_equal_16);
HWY_EXPORT(set_equal_32);
HWY_EXPORT(keep_numbers);
HWY_EXPORT(keep_times);
HWY_EXPORT(keep_packed);

}  // namespace

void set_where_equal(std::span<const std::uint8_t> column, std::uint8_t value,
                     std::span<std::uint64_t> bits) {
  HWY_DYNAMIC_DISPATCH(set_equal_8)(column.data(), value, bits.data(), bits.size());
}

void set_where_equal(std::span<const std::uint16_t> column, std::uint16_t value,
                     std::span<std::uint64_t> bits) {
  HWY_DYNAMIC_DISPATCH(set_equal_16)(column.data(), value, bits.data(), bits.size());
}

void set_where_equal(std::span<const std::uint32_t> column, std::uint32_t value,
                     std::span<std::uint64_t> bits) {
  HWY_DYNAMIC_DISPATCH(set_equal_32)(column.data(), value, bits.data(), bits.size());
}

void keep_where_between(std::span<const double> column, double low, double high,
                        std::span<std::uint64_t> bits) {
  HWY_DYNAMIC_DISPATCH(keep_numbers)(column.data(), low, high, bits.data(), bits.size());
}

void keep_where_between(std::span<const std::int64_t> column, std::int64_t low, std::int64_t high,
                        std::span<std::uint64_t> bits) {
  HWY_DYNAMIC_DISPATCH(keep_times)(column.data(), low, high, bits.data(), bits.size());
}

void keep_where_between(std::span<const std::uint32_t> column, std::uint32_t low, std::uint32_t high,
                        std::span<std::uint64_t> bits) {
  HWY_DYNAMIC_DISPATCH(keep_packed)(column.data(), low, high, bits.data(), bits.size());
}

}  // namespace fit::index
#endif
