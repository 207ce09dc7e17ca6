#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "search/filter.h"
#include "store/records.h"

// Items and filters for tests.
namespace fit::search {

inline store::ItemFacts facts_with(std::string_view property, std::int64_t id, std::string brand,
                                   std::optional<double> price, std::string value, std::string status) {
  store::ItemFacts item;
  item.id = ItemId{id};
  item.source = "shop";
  item.brand = std::move(brand);
  item.price = price;
  item.status = std::move(status);
  item.properties[*store::property_index(property)] = std::move(value);
  return item;
}

inline Filter filter(std::string_view text) {
  return parse_filter(parse_json("f", text).value()).value();
}

}  // namespace fit::search
