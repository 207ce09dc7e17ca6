#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace fit::domain {

// Values of one column, compared without regard to letter case.
struct ValueSet {
  std::string column;  // "brand", "size", "source", "status" or one of kProperties
  std::vector<std::string> values;
};

// What an item must satisfy to be an answer; all conditions together. Empty: everything matches, except that
// items whose status is not "active" are left out unless a condition on "status" asks for them.
struct ItemFilter {
  std::vector<ValueSet> any_of = {};  // the item has one of the values
  std::vector<ValueSet> none_of =
      {};  // the item has none of the values; one that has no value at all matches
  std::optional<double> min_price = {};  // inclusive; an item without a price never matches a price condition
  std::optional<double> max_price = {};  // inclusive
  std::optional<Timestamp> listed_after = {};

  bool empty() const {
    return any_of.empty() && none_of.empty() && !min_price && !max_price && !listed_after;
  }
};

}  // namespace fit::domain
