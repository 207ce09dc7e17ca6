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
#include "domain/price_unit.h"
#include "domain/sort_order.h"
#include "domain/vectors.h"

namespace fit::store {

// A query for the nearest items to a vector in a space. It borrows what it refers to.
struct NearestQuery {
  std::int64_t space_id = 0;
  std::span<const float> vector;  // of the space's dimensions, L2 norm 1
  std::size_t limit = 20;         // items wanted, >= 1
  const domain::ItemFilter& filter;
  float min_similarity = -std::numeric_limits<float>::infinity();
};

// A value of a column and the number of items that have it.
struct ValueCount {
  std::string text;  // in the spelling in which it first came into the catalogue
  std::int64_t items = 0;
};

// The distribution of a column's values over the items of a filter.
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
  std::int64_t vectors = 0;      // estimated where they are many
  std::int64_t images = 0;       // with and without a vector; estimated where they are many
  std::int64_t index_bytes = 0;  // of the vector index
  bool has_index = false;        // whether every table on this server has a graph that is valid
};

// Search inside the database, on engines that support it: filters, nearest neighbours and counts as SQL.
// Results have only items that satisfy the filter (domain/item_filter.h). Thread-safe; calls block. Errors as
// for store::Catalogue.
class VectorSearch {
 public:
  virtual ~VectorSearch() = default;

  // The nearest items, best first; of equal similarities the smaller item id first. Returns exactly `limit`
  // items whenever that many match and are similar enough, found by the graph, or by a scan when few match or
  // the graph finds too few. kInvalid naming "limit" for 0.
  virtual Result<std::vector<domain::Neighbor>> nearest(const NearestQuery& query) = 0;

  // Whether some item satisfies the filter.
  virtual Result<bool> any(const domain::ItemFilter& filter) = 0;

  // For each of the values, the item of the filter with the smallest id that has it; id 0 where none has.
  virtual Result<std::vector<ItemId>> first_with(const domain::ValueSet& values,
                                                 const domain::ItemFilter& filter) = 0;

  // The items with the largest ids, descending, at most `limit`.
  virtual Result<std::vector<ItemId>> latest(const domain::ItemFilter& filter, std::size_t limit) = 0;
  // The first of these items in an order, with what they are ordered by.
  virtual Result<std::vector<domain::SortedItem>> sorted(const domain::ItemFilter& filter,
                                                         const domain::SortRequest& request) = 0;

  // The commonest `limit` values of a text column, counted over at most a million items of the filter.
  virtual Result<ValueSpread> value_spread(const std::string& column, const domain::ItemFilter& filter,
                                           std::size_t limit) = 0;
  // The range of prices, over at most a million items of the filter. `unit`, here and below, is the currency
  // in which prices are compared; a price that it cannot convert counts as missing. Null: amounts are
  // compared.
  virtual Result<PriceSpread> price_spread(const domain::ItemFilter& filter,
                                           const domain::PriceUnit* unit) = 0;
  // The number of prices in each interval between two edges, of which there are at least two. Prices outside
  // count in the first and the last interval.
  virtual Result<std::vector<std::int64_t>> price_histogram(const domain::ItemFilter& filter,
                                                            std::span<const double> edges,
                                                            const domain::PriceUnit* unit) = 0;

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

  // The state of a space's index; cheap.
  virtual Result<VectorState> state(std::int64_t space_id) = 0;
};

}  // namespace fit::store
