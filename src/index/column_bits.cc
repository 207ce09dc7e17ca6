#include "index/column_bits.h"

#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/column_bits.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace fit::index {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kRows = 64;  // of a word

// Lane i as bit i.
template <class D, class Mask>
std::uint64_t bits_of(D d, Mask mask) {
  std::array<std::uint8_t, 8> bytes{};
  hn::StoreMaskBits(d, mask, bytes.data());
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) bits |= std::uint64_t{bytes[i]} << (8 * i);
  return bits;
}

void set_equal(const std::uint32_t* HWY_RESTRICT column, std::uint32_t value,
               std::uint64_t* HWY_RESTRICT bits, std::size_t words) {
  const hn::CappedTag<std::uint32_t, kRows> d;
  const auto wanted = hn::Set(d, value);
  for (std::size_t word = 0; word < words; ++word, column += kRows) {
    std::uint64_t found = 0;
    for (std::size_t i = 0; i < kRows; i += hn::Lanes(d))
      found |= bits_of(d, hn::Eq(hn::LoadU(d, column + i), wanted)) << i;
    bits[word] |= found;
  }
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

HWY_EXPORT(set_equal);
HWY_EXPORT(keep_numbers);
HWY_EXPORT(keep_times);

}  // namespace

void set_where_equal(std::span<const std::uint32_t> column, std::uint32_t value,
                     std::span<std::uint64_t> bits) {
  HWY_DYNAMIC_DISPATCH(set_equal)(column.data(), value, bits.data(), bits.size());
}

void keep_where_between(std::span<const double> column, double low, double high,
                        std::span<std::uint64_t> bits) {
  HWY_DYNAMIC_DISPATCH(keep_numbers)(column.data(), low, high, bits.data(), bits.size());
}

void keep_where_between(std::span<const std::int64_t> column, std::int64_t low, std::int64_t high,
                        std::span<std::uint64_t> bits) {
  HWY_DYNAMIC_DISPATCH(keep_times)(column.data(), low, high, bits.data(), bits.size());
}

}  // namespace fit::index
#endif
