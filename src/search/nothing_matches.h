#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "search/filter.h"

// Why no item satisfies a filter, for the client: sentences without a final period.
namespace fit::search {

// Where no item has any of the values: so, with the nearest of the known ones.
std::string no_such_value(const ValueSet& values, std::span<const std::string_view> known);

// Which conditions of a filter whose values all exist leave nothing. none(part) tells whether no item
// satisfies a part of the filter; its errors are passed on.
Result<std::string> contradiction(const Filter& filter,
                                  const std::function<Result<bool>(const Filter& part)>& none);

}  // namespace fit::search
