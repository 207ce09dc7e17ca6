#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/format.h"
#include "base/json.h"
#include "domain/records.h"
#include "search/filter.h"

// Items and filters for tests.
namespace fit::search {

// An item with one image.
inline domain::ItemWrite item_with_vector(int number, std::string title, std::int64_t space_id,
                                          std::vector<float> vector) {
  domain::ItemWrite item;
  item.listing.source = "test";
  item.listing.external_id = std::to_string(number);
  item.listing.title = std::move(title);
  domain::ImageWrite image;
  image.location = fit::format("/photos/{}.jpg", number);
  image.sha256 = fit::format("{:064}", number);
  image.format = "jpeg";
  image.width = image.height = 10;
  image.vectors = {{space_id, std::move(vector)}};
  item.images.push_back(std::move(image));
  return item;
}

inline Filter filter(std::string_view text) {
  return parse_filter(parse_json("f", text).value()).value();
}

}  // namespace fit::search
