#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fit::search {

inline constexpr std::size_t kMaxFacetValues = 100;

// How a column's values are spread over a set of items.
struct Facet {
  struct Value {
    std::string value;  // spelt as it first came into the catalogue
    std::size_t count = 0;
  };
  struct Bucket {
    double from = 0;  // inclusive
    double to = 0;    // exclusive, but for the last bucket
    std::size_t count = 0;
  };

  std::string name;
  std::vector<Value> values;  // the commonest first, at most kMaxFacetValues
  std::size_t others = 0;     // items with values beyond those
  std::size_t missing = 0;    // items without a value
  // Of "price" only, in which `values` stays empty.
  std::optional<double> lowest;
  std::optional<double> highest;
  std::vector<Bucket> histogram;
};

// How fresh an item is that was listed at `time` where the latest was at `newest`, in microseconds: 1 for
// that, half of it for each 30 days before.
double freshness_of(std::int64_t time, std::int64_t newest);

// Edges 1, 2, 5, 10, 20, 50, ... (with 0 below) from the last at or under `lowest` to the first over
// `highest`.
std::vector<double> price_edges(double lowest, double highest);

}  // namespace fit::search
