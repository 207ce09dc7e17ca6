#pragma once

#include <string>

#include "catalog/item_input.h"

namespace fit::catalog {

// A digest (32 hex digits of a SHA-256) of an input: every listing field and the images in order. An image
// counts by its bytes when it was sent, by path, size and time of last change when it is a local file, and by
// its URL alone when it is remote: a URL stands for one image, and one that changes must change its URL. So
// an input is compared with what is stored without reading or fetching a single image. Edits of the input
// are named behind the digest (edits.h).
std::string content_hash(const ItemInput& input);

}  // namespace fit::catalog
