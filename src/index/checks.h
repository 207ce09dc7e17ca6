#pragma once

#include <memory>
#include <span>

#include "index/vector_index.h"

namespace fit::index {

// A query scaled to length 1, aligned to a cache line.
class UnitQuery {
 public:
  UnitQuery(std::span<const float> query, double length);
  const float* data() const { return data_; }

 private:
  std::vector<float> memory_;
  float* data_;
};

// Scales the query to length 1. kInvalid for a query of the wrong size, not finite or all zero, or limit 0.
Result<UnitQuery> checked_query(std::span<const float> query, const SearchOptions& options, int dimensions);

// kInvalid for a vector of the wrong size, not finite or not of length 1, an id below 1, or an image that
// comes twice.
Result<void> check_entries(std::span<const Entry> entries, int dimensions);

// Errors as for check_entries(), and kInvalid for an entry whose item is not among `items`.
Result<void> check_replacement(std::span<const ItemId> items, std::span<const Entry> entries, int dimensions);

}  // namespace fit::index
