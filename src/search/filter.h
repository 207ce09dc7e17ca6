#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "domain/item_filter.h"

namespace fit::search {

using ValueSet = domain::ValueSet;
using Filter = domain::ItemFilter;

// Reads {"category":"outerwear","price_range":[50,200],"brand":["levi","gap"],"primary_color":{"not":"red"},
// "listed_after":"2026-01-01"}. A column's value is a text, a list of which any may match, or an object with
// "any" and "not", each again a text or a list. "currency" and "external_id" are texts or lists. price_range
// may also be {"min":5,"max":20}, with "currency":"EUR" for Filter::price_in; an open end is null or left
// out. kInvalid naming "filters.<name>" for unknown names (with the nearest known one), wrong types, negative
// or reversed ranges, NaN, control characters, empty lists and more than 100 values.
Result<Filter> parse_filter(const Json& object);

// Reads the list of columns to count: text columns and "price". kInvalid naming "facets" for unknown names
// (with the nearest known one), repeated names and wrong types.
Result<std::vector<std::string>> parse_facets(const Json& names);

// Whether the text has a control character (C0, DEL or C1) other than a blank or a line break.
bool has_control_characters(std::string_view text);

}  // namespace fit::search
