#pragma once

#include <cstdint>
#include <optional>

#include "store/words/word_engine.h"

namespace fit::store {

// The largest id of the items that the backfill has not indexed yet; nullopt when all are indexed.
Result<std::optional<std::int64_t>> pending_items(sql::SqlConnection& connection);

// Indexes the words of the next `limit` items, from the latest to the first, within an ordered write
// transaction.
Result<WordBackfill> backfill_words(sql::SqlConnection& connection, const WordEngine& engine,
                                    std::size_t limit);

}  // namespace fit::store
