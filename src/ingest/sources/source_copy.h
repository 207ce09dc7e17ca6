#pragma once

#include <cstdint>
#include <stop_token>

#include "base/result.h"
#include "sql/database.h"

namespace fit::ingest {

// Makes the sources of `to` those of `from`, with what they list, after catalog::copy_catalogue() has copied
// the items. Runs are not copied, and get new ids; a listing that waited to be written is written when it is
// next shown. A repeated call replaces the sources of the same names. No other process may write to `to`.
// Returns the number of sources. Blocks. kInvalid naming "kind", before anything is copied, for a source of a
// kind that this version does not know; kCancelled after `stop`: the source that was being copied lacks
// listings until the call is repeated; the errors of the databases.
Result<std::int64_t> copy_sources(sql::Database& from, sql::Database& to, const std::stop_token& stop);

}  // namespace fit::ingest
