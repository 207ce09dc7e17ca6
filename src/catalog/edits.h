#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "catalog/item_input.h"

// What a person changed in an item after it was imported, so that the next import does not undo it. The
// content hash of such an item names the fields: "HASH~IMPORTED~price,status". All are pure functions.
namespace fit::catalog {

// The edits that a content hash names; nothing when the item is as it was written whole.
std::optional<Edits> find_edits(std::string_view content_hash);

// The content hash with the edits; `hash` itself when there are none.
std::string with_edits(std::string hash, const Edits& edits);

// The edits of an item of this content hash after a patch has changed what seller_fields() gives from
// `before` to `after`, and the images if `has_images`.
Edits edits_after_patch(std::string_view content_hash, const Json& before, const Json& after,
                        bool has_images);

// Replaces the fields that input.edits names by those of the stored item. Edited images become none, so that
// the item keeps its own.
void keep_edited_fields(ItemInput& input, const domain::ItemRecord& stored);

}  // namespace fit::catalog
