#pragma once

#include <string_view>

#include "catalog/item_writer.h"
#include "domain/records.h"

namespace fit::catalog {

// Whether a person has set the item's status since its last import, which sources and imports must not undo.
bool has_edited_status(const domain::ItemRecord& item);

// The write that gives the item another status and leaves everything else as it is. It fails with kConflict
// when the item has changed meanwhile. Its content hash equals that of no import (edits.h), so that an import
// which lists the item again writes it; `why` is as for outdated(). Protects the item's files from pruning.
domain::ItemWrite status_change(ItemWriter& writer, const domain::ItemRecord& item, std::string_view status,
                                std::string_view why);

}  // namespace fit::catalog
