#include "index/columns/number_column.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ranges>

#include "index/kernels/column_bits.h"

namespace fit::index {

std::optional<std::uint32_t> PriceUnit::pack(Value value) {
  const double cents = std::round(value * 100);
  if (!(cents >= 0 && cents < std::numeric_limits<std::uint32_t>::max())) return std::nullopt;
  const auto packed = static_cast<std::uint32_t>(cents);
  return unpack(packed) == value ? std::optional(packed) : std::nullopt;
}

std::optional<std::uint32_t> TimeUnit::pack(Value value) {
  const std::int64_t seconds = value / 1'000'000;
  if (seconds < 0 || seconds >= std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  const auto packed = static_cast<std::uint32_t>(seconds);
  return unpack(packed) == value ? std::optional(packed) : std::nullopt;
}

template <class Unit>
void NumberColumn<Unit>::resize(std::size_t rows) {
  // resize() alone would double the capacity.
  if (is_wide_) {
    wide_.reserve(rows);
    wide_.resize(rows, Unit::kNone);
  } else {
    packed_.reserve(rows);
    packed_.resize(rows, kNone);
  }
}

template <class Unit>
void NumberColumn<Unit>::set(std::size_t row, std::optional<Value> value) {
  if (!is_wide_) {
    const auto packed = value ? Unit::pack(*value) : std::optional(kNone);
    if (packed) {
      packed_[row] = *packed;
      return;
    }
    widen();
  }
  wide_[row] = value.value_or(Unit::kNone);
}

template <class Unit>
void NumberColumn<Unit>::widen() {
  wide_.resize(packed_.size());
  std::ranges::transform(packed_, wide_.begin(), [](std::uint32_t packed) {
    return packed == kNone ? Unit::kNone : Unit::unpack(packed);
  });
  packed_ = {};
  is_wide_ = true;
}

// Packed values are ordered as the values are, so the bounds are packed instead of unpacking the column.
template <class Unit>
void NumberColumn<Unit>::keep_where_between(Value low, Value high, std::span<std::uint64_t> bits) const {
  if (is_wide_) {
    if (low == Unit::kNone) ++low;  // kNone stands for no value
    index::keep_where_between(std::span<const Value>(wide_), low, high, bits);
    return;
  }
  const auto all = std::views::iota(std::uint32_t{0}, kNone);
  const auto first =
      std::ranges::partition_point(all, [&](std::uint32_t packed) { return Unit::unpack(packed) < low; });
  const auto end =
      std::ranges::partition_point(all, [&](std::uint32_t packed) { return Unit::unpack(packed) <= high; });
  if (first >= end) {
    std::ranges::fill(bits, 0);
    return;
  }
  const auto least = static_cast<std::uint32_t>(first - all.begin());
  const auto most = static_cast<std::uint32_t>(end - all.begin() - 1);
  index::keep_where_between(std::span<const std::uint32_t>(packed_), least, most, bits);
}

template <class Unit>
void NumberColumn<Unit>::restore(bool is_wide, std::span<const std::byte> bytes) {
  is_wide_ = is_wide;
  packed_.resize(is_wide ? 0 : bytes.size() / sizeof(std::uint32_t));
  wide_.resize(is_wide ? bytes.size() / sizeof(Value) : 0);
  if (bytes.empty()) return;
  is_wide ? std::memcpy(wide_.data(), bytes.data(), bytes.size())
          : std::memcpy(packed_.data(), bytes.data(), bytes.size());
}

template class NumberColumn<PriceUnit>;
template class NumberColumn<TimeUnit>;

}  // namespace fit::index
