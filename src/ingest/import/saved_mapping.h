#pragma once

#include "ingest/import/importer.h"
#include "store/catalogue.h"

namespace fit::ingest {

// The shape and the mapping of a source's files are stored with the catalogue, so that its next file needs no
// options. `options.source` must be set. Both functions return the errors of the store.

// Sets the saved shape and mapping of the source in options that have neither. Returns whether it did. The
// mapping "none" is removed from the options, and nothing is set.
Result<bool> use_saved_mapping(store::Catalogue& store, ImportOptions& options);

// Saves the shape and the mapping of the options for the source, if they have any. The mapping "none" deletes
// the saved ones.
Result<void> save_mapping(store::Catalogue& store, const ImportOptions& given);

}  // namespace fit::ingest
