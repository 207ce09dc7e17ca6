#pragma once

#include <cstdint>
#include <stop_token>

#include "base/result.h"
#include "sql/database.h"

namespace fit::ingest {

// Makes the labels of assets in `to` those of `from`, what people have removed too, after copy_assets().
// Labels of clusters are not copied: the copy forms clusters of its own. Works in small transactions; a
// repeated call writes everything again. Blocks. Returns the number of labels, or kCancelled after `stop`.
Result<std::int64_t> copy_labels(sql::Database& from, sql::Database& to, const std::stop_token& stop);

}  // namespace fit::ingest
