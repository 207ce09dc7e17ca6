#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "domain/price_unit.h"

namespace fit::domain {

// The value by which items are ordered. Items without the value come last; equal items are ordered by
// descending id. Prices are compared in the currency of a PriceUnit; those that it cannot convert come behind
// the others, by their amounts. Without a unit prices are compared numerically, whatever their currency.
enum class SortOrder : std::uint8_t {
  kNewest,  // by listing time, the latest first
  kLowestPrice,
  kHighestPrice,
};

// What an item is ordered by. Less comes first.
struct SortValue {
  enum class Group : std::uint8_t { kCompared, kNotConverted, kMissing };

  Group group = Group::kMissing;
  double value = 0;  // within the group; 0 where it is missing

  std::partial_ordering operator<=>(const SortValue&) const = default;
};

// An item with its place in an order.
struct SortedItem {
  SortValue value;
  ItemId item;
};

inline bool comes_before(const SortedItem& a, const SortedItem& b) {
  return a.value != b.value ? a.value < b.value : a.item > b.item;
}

// What is ordered, and from where on.
struct SortRequest {
  SortOrder order = SortOrder::kNewest;
  std::size_t limit = 0;
  const PriceUnit* unit = nullptr;       // in which prices are compared; null: amounts are compared
  std::optional<SortedItem> after = {};  // only items that come after this place; nullopt: from the first
};

// The value of an item with this price in an order by price. `converted` is the price in the request's unit,
// and the price itself without a unit.
inline SortValue price_sort_value(SortOrder order, std::optional<double> price,
                                  std::optional<double> converted) {
  if (!price) return {};
  const double sign = order == SortOrder::kLowestPrice ? 1 : -1;
  if (converted) return {SortValue::Group::kCompared, sign * *converted};
  return {SortValue::Group::kNotConverted, sign * *price};
}

}  // namespace fit::domain
