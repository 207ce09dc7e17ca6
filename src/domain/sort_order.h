#pragma once

#include <cstdint>

namespace fit::domain {

// The value by which items are ordered. Items without the value come last; equal items are ordered by
// descending id. Prices are compared in the currency of a PriceUnit, which not every price has a value in,
// and without one numerically, whatever their currency.
enum class SortOrder : std::uint8_t {
  kNewest,  // by listing time, the latest first
  kLowestPrice,
  kHighestPrice,
};

}  // namespace fit::domain
