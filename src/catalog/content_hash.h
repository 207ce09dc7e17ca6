#pragma once

#include <string>

#include "catalog/item_input.h"

namespace fit::catalog {

// A digest (32 hex digits of a SHA-256) of an input: every listing field and the images in order. An image
// that was sent contributes its bytes; a local file its path, size and time of last change; a remote image
// its URL alone, because a changed image must have a new URL. An input is thus compared with the stored item
// without reading or fetching an image. If the input has edits, their fields follow the digest (edits.h).
// Thread-safe.
std::string content_hash(const ItemInput& input);

}  // namespace fit::catalog
