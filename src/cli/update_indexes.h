#pragma once

#include "base/result.h"
#include "cli/context.h"
#include "store/pgvector/postgres_index.h"

// How commands that add images update the indexes, with progress bars. On SQLite, whose database has no
// vector index, drop_empty_indexes() and build_indexes() have no effect. All block, and return the errors of
// the store.
namespace fit::cli {

// On PostgreSQL, drops the index of a space without vectors, because building it after an import is faster.
Result<void> drop_empty_indexes(const Context& context, const domain::SpaceRecord& space);

// On PostgreSQL, builds the indexes of the space.
Result<void> build_indexes(const Context& context, const domain::SpaceRecord& space,
                           store::IndexesToBuild which);

// Embeds texts that have no vector, updates the indexes of this process and saves their snapshots. An
// unavailable provider of text vectors is reported on standard error. kCancelled when stopped.
Result<void> update_indexes(const Context& context, const OpenCatalogue& catalogue);

}  // namespace fit::cli
