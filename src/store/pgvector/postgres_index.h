#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "domain/space.h"
#include "store/pgvector/graph_options.h"

namespace fit::store {

// The indexes of a space's vectors on PostgreSQL: each table has a graph, and B-trees of the filter columns.
// The functions open sessions of their own and block. On SQLite they do nothing.

// Drops the indexes of a space that has no vectors yet. Adding many rows without indexes and building these
// afterwards with build_indexes() is faster. Until then searches scan all vectors.
Result<void> drop_empty_indexes(const std::string& database_url, const domain::SpaceRecord& space);

// Which indexes are built. kMissing leaves shards alone: fit migrate builds what is missing there.
enum class IndexesToBuild : std::uint8_t { kMissing, kMissingAndOutdated };

// Builds indexes that are missing or not valid and, with kMissingAndOutdated, graphs that were built with
// other options, beside searches and writes (CREATE INDEX CONCURRENTLY). An old graph serves until the new
// one is built. What an interrupted build left is removed. With kMissing, the rows of a table without a graph
// are first sorted by category and price (CLUSTER), so that the rows of a filter lie together; searches and
// writes of the space wait for it, about 20 s for a million rows. `report` is called with each step before it
// begins. Shards come last, each built on its own server. A shard that is not reachable does not keep the
// others from being built; its error, with its name, is returned at the end.
Result<void> build_indexes(const std::string& database_url, const domain::SpaceRecord& space,
                           const GraphOptions& options, IndexesToBuild which,
                           const std::function<void(const std::string&)>& report);

}  // namespace fit::store
