#pragma once

#include <functional>
#include <set>
#include <stop_token>
#include <string>

#include "catalog/item_writer.h"
#include "ingest/import/seen_keys.h"

namespace fit::ingest {

// Hides the items of `sources` whose keys are not `listed`: their status becomes "hidden", until an import
// has them again. Items that are hidden already are passed by. If more than half of the items would be
// hidden, `confirm` is asked with the number of those and of all; kConflict when it says no. Returns how many
// were hidden. Blocks; kCancelled after `stop`.
Result<std::int64_t> hide_missing_items(
    catalog::ItemWriter& catalog, const std::set<std::string>& sources, const SeenKeys& listed,
    const std::function<bool(std::int64_t missing, std::int64_t all)>& confirm, const std::stop_token& stop);

}  // namespace fit::ingest
