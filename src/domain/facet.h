#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace fit::domain {

inline constexpr std::size_t kMaxFacetValues = 100;

// The distribution of a column's values over a selection of items.
struct Facet {
  // A value and the number of items that have it.
  struct Value {
    std::string value;  // in the spelling that came into the catalogue first
    std::size_t count = 0;
  };
  // A range of prices and the number of items in it.
  struct Bucket {
    double from = 0;  // inclusive
    double to = 0;    // exclusive, except in the last bucket
    std::size_t count = 0;
  };

  std::string name = {};           // the column
  std::vector<Value> values = {};  // the most frequent first, at most kMaxFacetValues
  std::size_t others = 0;          // items with values that are not listed
  std::size_t missing = 0;         // items without a value
  // Only of "price", where `values` stays empty.
  std::optional<double> lowest = {};
  std::optional<double> highest = {};
  std::vector<Bucket> histogram = {};
};

// Orders the values by descending count, those of one count by their bytes, and moves the counts of all but
// the first `most` to `others`.
void sort_and_cut(Facet& facet, std::size_t most);

// Returns the edges of a price histogram: the numbers of 0, 1, 2, 5, 10, 20, 50, ... from the last at or
// below `lowest` to the first above `highest`. Needs 0 <= lowest <= highest.
std::vector<double> price_edges(double lowest, double highest);

}  // namespace fit::domain
