#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "domain/records.h"

namespace fit::index {

// An item for tests, with one property.
inline domain::FilterColumns item_with(std::string_view property, std::int64_t id, std::string brand,
                                       std::optional<double> price, std::string value, std::string status) {
  domain::FilterColumns item;
  item.id = ItemId{id};
  item.source = "shop";
  item.brand = std::move(brand);
  item.price = price;
  item.status = std::move(status);
  item.properties[*domain::property_index(property)] = std::move(value);
  return item;
}

}  // namespace fit::index
