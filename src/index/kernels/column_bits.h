#pragma once

#include <cstdint>
#include <span>

namespace fit::index {

// Conditions on columns, evaluated with the widest SIMD registers of the processor into bitmaps: bit i of
// word w is row 64 w + i, as in an ItemSet. A column has 64 rows for each word of `bits`. Thread-safe.

// Sets the bits of the rows that hold `value`.
void set_where_equal(std::span<const std::uint8_t> column, std::uint8_t value, std::span<std::uint64_t> bits);
void set_where_equal(std::span<const std::uint16_t> column, std::uint16_t value,
                     std::span<std::uint64_t> bits);
void set_where_equal(std::span<const std::uint32_t> column, std::uint32_t value,
                     std::span<std::uint64_t> bits);

// Clears the bits of the rows that are not within low .. high; NaN is not.
void keep_where_between(std::span<const double> column, double low, double high,
                        std::span<std::uint64_t> bits);
void keep_where_between(std::span<const std::int64_t> column, std::int64_t low, std::int64_t high,
                        std::span<std::uint64_t> bits);
void keep_where_between(std::span<const std::uint32_t> column, std::uint32_t low, std::uint32_t high,
                        std::span<std::uint64_t> bits);

}  // namespace fit::index
