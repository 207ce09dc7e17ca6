#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/records.h"

namespace fit::ingest {

// An item as text, a JSON object, to be written again by an undo: its listing with the seller's status, the
// origins of its properties, its content hash and its images, without vectors.
std::string former_item_json(const domain::ItemRecord& item);

// The write that gives the item this state, without an expected version. kInternal for a text in another
// form.
Result<domain::ItemWrite> former_item_write(std::string_view text);

}  // namespace fit::ingest
