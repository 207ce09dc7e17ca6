#pragma once

#include <cstddef>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "catalog/item_input.h"
#include "domain/records.h"

namespace fit::catalog {

// The item as its seller described it, in the form that parse_item() reads, without its key (source and
// external_id), its images, empty fields and the properties that the program filled in.
Json seller_fields(const domain::ItemRecord& item);

// Applies a JSON merge patch (RFC 7396) to the seller's fields: members of the patch replace fields, null
// removes them, and a property may be at the top level or under "properties". Without images in the patch the
// input has none, so that the item keeps its own; a property that the patch removes is filled again. The
// edits of the input name the fields that the patch changes. kMalformed when the patch is not an object;
// otherwise the errors of parse_item().
Result<ItemInput> apply_patch(const domain::ItemRecord& item, const Json& patch, std::size_t max_image_bytes);

// The edits of an item that `input`, whose content hash is `hash`, replaces: those that the item has, the
// fields in which the input differs from the seller's, and "images" if it has other images. None when the
// input is what the last import stored.
Edits edits_after_put(const domain::ItemRecord& item, const ItemInput& input, std::string_view hash);

}  // namespace fit::catalog
