#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "search/filter.h"

// Why no item satisfies a filter: sentences without a final period, which the app shows to its users. They
// name columns as people do, not as the API does.
namespace fit::search {

// The explanation for values that no item has. Names the nearest of the known values.
std::string no_such_value(const ValueSet& values, std::span<const std::string_view> known);

// The explanation for a filter whose values all exist. Names the conditions that exclude every item.
// none(part) returns whether no item satisfies a part of the filter; its errors are returned.
Result<std::string> contradiction(const Filter& filter,
                                  const std::function<Result<bool>(const Filter& part)>& none);

}  // namespace fit::search
