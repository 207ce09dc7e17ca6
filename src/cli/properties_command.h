#pragma once

#include <stop_token>

#include "base/result.h"
#include "catalog/catalog.h"
#include "cli/command_line.h"

namespace fit::cli {

// `fit properties evaluate`: how well properties are read from the titles of a table.
Result<void> run_properties(const PropertiesArgs& args);

// `fit properties backfill`: fills the properties of stored items and tells what came of it; kCancelled when
// stopped.
Result<void> run_properties_backfill(catalog::Catalog& catalog, const PropertiesBackfillArgs& args,
                                     const std::stop_token& stop);

}  // namespace fit::cli
