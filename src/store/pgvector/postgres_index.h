#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "domain/space.h"
#include "store/pgvector/graph_options.h"

namespace fit::store {

// The indexes that PostgreSQL holds of the space's vectors for searches: of each table a graph, and B-trees
// of the columns of filters. On SQLite these do nothing.

// Drops them where the space has no vector yet: rows that come are then added without, and build_indexes()
// builds them at once, which is faster. Searches meanwhile compare all vectors.
Result<void> drop_empty_indexes(const std::string& database_url, const domain::SpaceRecord& space);

// kMissing leaves shards alone, where fit migrate builds what is missing.
enum class IndexesToBuild : std::uint8_t { kMissing, kOfOtherOptionsToo };

// Builds what is missing or not valid, and where wanted graphs that were built with other options, beside
// searches and writes (CREATE INDEX CONCURRENTLY); the old one serves until the new one is there. What an
// interrupted building left is removed. With kMissing, the rows of a table that has no graph are first put in
// the order of category and price (CLUSTER), so that those of a filter lie together: searches and writes of
// the space wait meanwhile, about 20 s for a million. `tell` is called with each step that begins. Shards
// come last, each built on its own server. A shard that is not reachable does not keep the others from being
// built; its error, with its name, is returned at the end.
Result<void> build_indexes(const std::string& database_url, const domain::SpaceRecord& space,
                           const GraphOptions& options, IndexesToBuild which,
                           const std::function<void(const std::string&)>& tell);

}  // namespace fit::store
