#pragma once

#include "base/result.h"
#include "cli/context.h"
#include "store/pgvector/postgres_index.h"

// What commands that add images do with the indexes, under progress bars. On SQLite without an index of the
// database, the calls on the database's indexes do nothing.
namespace fit::cli {

// On PostgreSQL, drops the index of a space without vectors: filling the table first and building afterwards
// is faster.
Result<void> drop_empty_indexes(const Context& context, const domain::SpaceRecord& space);

// On PostgreSQL, builds the indexes of the space.
Result<void> build_indexes(const Context& context, const domain::SpaceRecord& space,
                           store::IndexesToBuild which);

// Embeds texts that have no vector, brings the indexes of this process up to date and saves their snapshots.
// An unavailable provider of text vectors is only reported. kCancelled when stopped.
Result<void> update_indexes(const Context& context, const OpenCatalogue& catalogue);

}  // namespace fit::cli
