#pragma once

#include <functional>
#include <set>
#include <stop_token>
#include <string>

#include "catalog/item_writer.h"
#include "ingest/import/seen_keys.h"

namespace fit::ingest {

// Hides the items of `sources` that are not in `listed`: sets their status to "hidden", until an import lists
// them again. Skips items that are hidden already. When more than half of the items would be hidden, calls
// `confirm` first, with their number and that of all items of the sources; kConflict naming "complete" when
// it returns false, and nothing is hidden then. Returns the number of hidden items. Blocks; kCancelled after
// `stop`, and the items hidden before stay hidden.
Result<std::int64_t> hide_missing_items(
    catalog::ItemWriter& catalog, const std::set<std::string>& sources, const SeenKeys& listed,
    const std::function<bool(std::int64_t missing, std::int64_t all)>& confirm, const std::stop_token& stop);

}  // namespace fit::ingest
