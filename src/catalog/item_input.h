#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "base/result.h"
#include "store/records.h"

namespace fit::catalog {

// Where one picture of an item comes from; exactly one is set.
struct ImageSource {
  std::string location;  // http(s) URL or file path
  Bytes bytes;           // the file itself, as sent by a client
};

// An item as a client or an import file describes it, checked but not yet stored.
struct ItemInput {
  store::Listing listing;
  std::vector<ImageSource> images;  // in order; at most kMaxImagesPerItem
};

inline constexpr std::size_t kMaxImagesPerItem = 20;

// Reads an item from JSON: the listing fields by name, "properties" as an object, the sixteen properties also at the top level
// ("category": "dress"), "image_url" or "images": a list of URLs, paths or {"url"} / {"image_base64"}. Strict:
// kInvalid naming the field for unknown fields, wrong types, texts over their limit, bad prices, times, currencies.
Result<ItemInput> parse_item(const Json& object, std::size_t max_image_bytes);

}  // namespace fit::catalog
