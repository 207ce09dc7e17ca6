#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "base/result.h"
#include "domain/records.h"

namespace fit::catalog {

// Where one image of an item comes from; exactly one is set.
struct ImageSource {
  std::string location;  // http(s) URL or file path
  Bytes bytes;           // the file's content, sent by a client
};

// The fields of an imported item that were changed in the catalogue since the import (edits.h).
struct Edits {
  std::string imported;             // the content hash of the import
  std::vector<std::string> fields;  // such as "price", "category", "images"; in alphabetical order
};

// An item as a client or an import file describes it, checked but not yet stored.
struct ItemInput {
  domain::Listing listing;
  std::vector<ImageSource> images;  // in order; at most kMaxImagesPerItem
  Edits edits = {};                 // set for a patch, and for a row of an import whose item has edits
};

inline constexpr std::size_t kMaxImagesPerItem = 20;

// Reads an item from JSON: the listing fields by name, "properties" as an object, the sixteen properties also
// at the top level ("category": "dress"), and images in one of these ways: "image_url", "image_path",
// "image_base64", or "images", a list of URLs, paths, {"url"}, {"path"} or {"image_base64"}. null means not
// given. Strict: kInvalid naming the field for unknown fields, wrong types, texts over their limit
// (text_rules.h), bad prices, times, currencies; kMalformed and kTooLarge for images that are not base64 or
// have more than `max_image_bytes`. Catalog checks whether local paths are allowed, and whether source,
// external_id and an image are present.
Result<ItemInput> parse_item(const Json& object, std::size_t max_image_bytes);

// Returns an image's URL or path without blanks around it. kInvalid naming `field` for empty, overlong and
// invalid texts and for URLs that are not http or https.
Result<std::string> check_location(std::string_view field, std::string_view text);

}  // namespace fit::catalog
