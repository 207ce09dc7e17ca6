#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace fit::domain {

inline constexpr std::size_t kMaxFacetValues = 100;

// The distribution of a column's values over a selection of items.
struct Facet {
  struct Value {
    std::string value;  // in the spelling that came into the catalogue first
    std::size_t count = 0;
  };
  struct Bucket {
    double from = 0;  // inclusive
    double to = 0;    // exclusive, except in the last bucket
    std::size_t count = 0;
  };

  std::string name = {};           // of the column
  std::vector<Value> values = {};  // the most frequent first, at most kMaxFacetValues
  std::size_t others = 0;          // items with values that are not listed
  std::size_t missing = 0;         // items without a value
  // Only of "price", where `values` stays empty.
  std::optional<double> lowest = {};
  std::optional<double> highest = {};
  std::vector<Bucket> histogram = {};
};

// The edges of a price histogram: 1, 2, 5, 10, 20, 50, ... (0 below), from the last at or under `lowest` to
// the first over `highest`.
std::vector<double> price_edges(double lowest, double highest);

}  // namespace fit::domain
