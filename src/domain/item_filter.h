#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace fit::domain {

// Values of one column, compared without regard to letter case.
struct ValueSet {
  std::string column;  // "brand", "size", "source", "status" or one of kProperties
  std::vector<std::string> values;
};

// The conditions on the items of a result; an item must meet all of them. Items whose status is not "active"
// match only if a condition names the column "status". An empty filter matches every active item.
struct ItemFilter {
  std::vector<ValueSet> any_of = {};     // the item has one of the values
  std::vector<ValueSet> none_of = {};    // the item has none of the values; an item without a value matches
  std::optional<double> min_price = {};  // inclusive; an item without a price never matches
  std::optional<double> max_price = {};  // inclusive; an item without a price never matches
  std::optional<Timestamp> listed_after = {};  // inclusive
  std::vector<std::string> currencies = {};  // the currency of the price, one of these (ISO 4217, upper case)
  std::vector<std::string> external_ids = {};  // the external_id, one of these, from any source
  // The items with these external_ids, as found by Items::of_external_ids(). Selections read `among` instead
  // of `external_ids`.
  std::optional<std::vector<ItemId>> among = {};

  bool empty() const {
    return any_of.empty() && none_of.empty() && !min_price && !max_price && !listed_after &&
           currencies.empty() && external_ids.empty() && !among;
  }

  bool has_condition_on(std::string_view column) const;  // in any_of or none_of
};

// The filter of the items that satisfy both filters, whatever they are: each excludes the items that are not
// active unless it names the column "status" itself. Lists that have no value in common select no item, by an
// empty `among`.
ItemFilter both(const ItemFilter& one, const ItemFilter& other);

}  // namespace fit::domain
