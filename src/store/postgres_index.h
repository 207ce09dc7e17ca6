#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "store/store.h"

namespace fit::store {

// The graphs that PostgreSQL holds of the space's vectors, one of each table; on SQLite these do nothing.

// Drops them where the space has no vector yet: rows that come are then added without, and build_graphs()
// builds them at once, which is faster. Searches meanwhile compare all vectors.
Result<void> drop_empty_graphs(const std::string& database_url, const SpaceRecord& space);

// kMissing leaves shards alone, where fit migrate builds what is missing.
enum class GraphsToBuild : std::uint8_t { kMissing, kOfOtherOptionsToo };

// Builds what is missing or not valid, and where wanted what was built with other options, beside searches
// and writes (CREATE INDEX CONCURRENTLY); the old one serves until the new one is there. What an interrupted
// building left is removed. With kMissing, the rows of a table that has no graph are first put in the order
// of category and price (CLUSTER), so that those of a filter lie together: searches and writes of the space
// wait meanwhile, about 20 s for a million. `tell` hears what is begun. Shards come
// last, each built on its own server; one that does not answer keeps the others from nothing: its error, with
// its name, is answered at the end.
Result<void> build_graphs(const std::string& database_url, const SpaceRecord& space,
                          const GraphOptions& options, GraphsToBuild which,
                          const std::function<void(const std::string&)>& tell);

}  // namespace fit::store
