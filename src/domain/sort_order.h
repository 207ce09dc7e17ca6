#pragma once

#include <cstdint>

namespace fit::domain {

// The value by which items are ordered. Items without the value come last; equal items are ordered by
// descending id.
enum class SortOrder : std::uint8_t {
  kNewest,        // by listing time, the latest first
  kLowestPrice,   // numerically, whatever the currency
  kHighestPrice,  // numerically, whatever the currency
};

}  // namespace fit::domain
