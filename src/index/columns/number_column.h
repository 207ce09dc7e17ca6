#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace fit::index {

// Prices, packed as whole cents: exact for prices below 42,949,672.95 with two decimals.
struct PriceUnit {
  using Value = double;
  static constexpr Value kNone = std::numeric_limits<double>::quiet_NaN();
  static bool is_none(Value value) { return value != value; }
  static std::optional<std::uint32_t> pack(Value value);  // nothing: not a whole number of cents
  static Value unpack(std::uint32_t packed) { return static_cast<double>(packed) / 100; }
};

// Times in microseconds since 1970, packed as whole seconds: exact from 1970 to 2106.
struct TimeUnit {
  using Value = std::int64_t;
  static constexpr Value kNone = std::numeric_limits<std::int64_t>::min();
  static bool is_none(Value value) { return value == kNone; }
  static std::optional<std::uint32_t> pack(Value value);  // nothing: not a whole number of seconds
  static Value unpack(std::uint32_t packed) { return std::int64_t{packed} * 1'000'000; }
};

// A column of numbers that rows may lack. It is lossless: it takes 4 bytes a row while the unit can pack
// every value, and 8 from the first value that it cannot. Concurrent reads are safe; a change needs the
// column for itself.
template <class Unit>
class NumberColumn {
 public:
  using Value = typename Unit::Value;

  void resize(std::size_t rows);  // new rows have no value
  void set(std::size_t row, std::optional<Value> value);
  std::optional<Value> at(std::size_t row) const {
    if (!is_wide_) return packed_[row] == kNone ? std::nullopt : std::optional(Unit::unpack(packed_[row]));
    return Unit::is_none(wide_[row]) ? std::nullopt : std::optional(wide_[row]);
  }

  // Clears the bits of the rows whose value is not within low .. high, and of those without one.
  void keep_where_between(Value low, Value high, std::span<std::uint64_t> bits) const;

  bool is_wide() const { return is_wide_; }
  std::size_t memory_bytes() const {
    return packed_.capacity() * sizeof(std::uint32_t) + wide_.capacity() * sizeof(Value);
  }

  // The rows as bytes, for snapshots.
  std::span<const std::byte> bytes() const {
    return is_wide_ ? std::as_bytes(std::span(wide_)) : std::as_bytes(std::span(packed_));
  }
  void restore(bool is_wide, std::span<const std::byte> bytes);

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  void widen();

  bool is_wide_ = false;
  std::vector<std::uint32_t> packed_;  // while not wide
  std::vector<Value> wide_;
};

using PriceColumn = NumberColumn<PriceUnit>;
using TimeColumn = NumberColumn<TimeUnit>;

extern template class NumberColumn<PriceUnit>;
extern template class NumberColumn<TimeUnit>;

}  // namespace fit::index
