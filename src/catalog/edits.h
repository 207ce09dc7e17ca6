#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "catalog/item_input.h"

// Edits: changes of fields of an imported item in the catalogue, which the next import keeps. The content
// hash of an edited item names them: "HASH~IMPORTED~price,status", where IMPORTED is the content hash of the
// import. All functions are pure.
namespace fit::catalog {

// The edits that a content hash names; nullopt when it names none.
std::optional<Edits> find_edits(std::string_view content_hash);

// Appends the edits to a content hash. Returns `hash` unchanged when there are none.
std::string with_edits(std::string hash, const Edits& edits);

// A content hash that equals that of no import, so that the next import writes the item again; `why` tells it
// from others of the same item. It names the same edits as `hash`.
std::string outdated(std::string_view hash, std::string_view why);

// The edits of an item after a patch: those that `content_hash` names, the fields in which seller_fields()
// differs between `before` and `after`, and "images" if `has_images`.
Edits edits_after_patch(std::string_view content_hash, const Json& before, const Json& after,
                        bool has_images);

// Replaces the fields of the input that input.edits names by those of the stored item. Edited images are
// removed from the input, so that the item keeps its own.
void keep_edited_fields(ItemInput& input, const domain::ItemRecord& stored);

}  // namespace fit::catalog
