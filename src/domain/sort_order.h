#pragma once

#include <cstdint>

namespace fit::domain {

// By which value items are ordered. Items without the value come last, and among equals the later ones first.
enum class SortOrder : std::uint8_t {
  kNewest,        // when they were listed, the latest first
  kLowestPrice,   // whatever the currencies
  kHighestPrice,  // whatever the currencies
};

}  // namespace fit::domain
