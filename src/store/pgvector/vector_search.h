#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "domain/item_filter.h"
#include "domain/vectors.h"

namespace fit::store {

// A query for the nearest items to a vector in a space. Borrowed for the call.
struct NearestQuery {
  std::int64_t space_id = 0;
  std::span<const float> vector;  // of the space's dimensions, L2 norm 1
  std::size_t limit = 20;         // items wanted, >= 1
  const domain::ItemFilter& filter;
  float min_similarity = -std::numeric_limits<float>::infinity();
};

// A value of a column with how many items have it.
struct ValueCount {
  std::string text;  // in the spelling in which it first came into the catalogue
  std::int64_t items = 0;
};

// How a column's values are spread over the items of a filter.
struct ValueSpread {
  std::vector<ValueCount> values;  // the commonest first
  std::int64_t others = 0;         // items with values beyond those
  std::int64_t missing = 0;        // items without a value
};

// The range of prices over the items of a filter.
struct PriceSpread {
  std::optional<double> lowest;  // nothing where no item has a price
  std::optional<double> highest;
  std::int64_t missing = 0;
};

// The state of the vector index of a space.
struct VectorState {
  std::int64_t vectors = 0;      // about
  std::int64_t images = 0;       // about, with and without a vector
  std::int64_t index_bytes = 0;  // of the vector index
  bool has_index = false;        // and it is valid
};

// Search inside the database, on engines that can: filters, nearest neighbours and counts as SQL. Results
// have only items that match the filter (domain/item_filter.h). Thread-safe; calls block. Errors as for
// store::Catalogue.
class VectorSearch {
 public:
  virtual ~VectorSearch() = default;

  // The nearest items, best first; equal similarities by smaller item id. Exactly `limit` items whenever that
  // many match and are similar enough: found by the graph, or by comparing every vector that matches when
  // these are few or the graph finds too few.
  virtual Result<std::vector<domain::Neighbor>> nearest(const NearestQuery& question) = 0;

  // Whether some item satisfies the filter.
  virtual Result<bool> any(const domain::ItemFilter& filter) = 0;

  // At most `limit` items, the latest ids, descending.
  virtual Result<std::vector<ItemId>> latest(const domain::ItemFilter& filter, std::size_t limit) = 0;

  // The commonest `limit` values of a text column; over at most a million items of the filter.
  virtual Result<ValueSpread> value_spread(const std::string& column, const domain::ItemFilter& filter,
                                           std::size_t limit) = 0;
  virtual Result<PriceSpread> price_spread(const domain::ItemFilter& filter) = 0;
  // The number of prices in each interval between two edges; prices outside count in the first and the last.
  virtual Result<std::vector<std::int64_t>> price_histogram(const domain::ItemFilter& filter,
                                                            std::span<const double> edges) = 0;

  // The commonest values that items have in these columns, whatever their status, at most `limit`.
  struct ColumnValue {
    std::string column;
    std::string value;  // lower case
    ValueCount count;
  };
  virtual Result<std::vector<ColumnValue>> values(std::span<const std::string_view> columns,
                                                  std::size_t limit) = 0;
  // Whether some item has one of the values.
  virtual Result<bool> has_value(const domain::ValueSet& values) = 0;

  // The latest time at which an item was listed.
  virtual Result<std::optional<Timestamp>> newest() = 0;

  virtual Result<VectorState> state(std::int64_t space_id) = 0;
};

}  // namespace fit::store
