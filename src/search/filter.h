#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace fit::search {

// Values of one column, compared without regard to letter case.
struct ValueSet {
  std::string column;  // "brand", "size", "source", "status" or one of store::kProperties
  std::vector<std::string> values;
};

// What an item must satisfy to be an answer; all conditions together. Empty: everything matches, except that
// items whose status is not "active" are left out unless a condition on "status" asks for them.
struct Filter {
  std::vector<ValueSet> any_of;     // the item has one of the values
  std::vector<ValueSet> none_of;    // the item has none of the values; one that has no value at all matches
  std::optional<double> min_price;  // inclusive; an item without a price never matches a price condition
  std::optional<double> max_price;  // inclusive
  std::optional<Timestamp> listed_after;

  bool empty() const {
    return any_of.empty() && none_of.empty() && !min_price && !max_price && !listed_after;
  }
};

// Reads {"category":"outerwear","price_range":[50,200],"brand":["levi","gap"],"primary_color":{"not":"red"},
// "listed_after":"2026-01-01"}. A column's value is a text, a list of which any may match, or an object with
// "any" and "not", each again a text or a list. price_range may also be {"min":5,"max":20}; an open end is
// null or left out. kInvalid naming "filters.<name>" for unknown names (with the nearest known one), wrong
// types, negative or reversed ranges, NaN, control characters, empty lists and more than 100 values.
Result<Filter> parse_filter(const Json& object);

// The columns that can be counted in an answer: those of texts, and "price".
// kInvalid naming "facets" for unknown names (with the nearest known one), repeated ones and wrong types.
Result<std::vector<std::string>> parse_facets(const Json& names);

// Whether the text has a control character (C0, DEL or C1) other than a blank or a line's end.
bool has_control_characters(std::string_view text);

}  // namespace fit::search
