#pragma once

#include "base/json.h"
#include "catalog/item_input.h"
#include "ingest/sources/source.h"

namespace fit::ingest {

// An input as catalog::parse_item() reads it. Images that were sent are base64.
Json input_json(const catalog::ItemInput& input);

// A listing for people: its item without sent images, with the origin of each field and what was changed or
// left out.
Json listing_preview_json(const FetchedListing& listing);

}  // namespace fit::ingest
