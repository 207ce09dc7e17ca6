#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace fit::search {

// Any of these values, compared without regard to letter case.
struct AnyOf {
  std::string column;  // "brand", "size", "source", "status" or one of store::kProperties
  std::vector<std::string> values;
};

// What an item must satisfy to be an answer; all conditions together. Empty: everything matches, except that
// items whose status is not "active" are left out unless a condition on "status" asks for them.
struct Filter {
  std::vector<AnyOf> any_of;
  std::optional<double> min_price;  // inclusive; an item without a price never matches a price condition
  std::optional<double> max_price;  // inclusive
  std::optional<Timestamp> listed_after;

  bool empty() const { return any_of.empty() && !min_price && !max_price && !listed_after; }
};

// Reads {"category":"outerwear","price_range":[50,200],"brand":["levi","gap"],"listed_after":"2026-01-01"}.
// An open end of price_range is null. kInvalid naming "filters.<name>" for unknown names, wrong types,
// negative or reversed ranges, NaN, empty lists and more than 100 values.
Result<Filter> parse_filter(const Json& object);

}  // namespace fit::search
