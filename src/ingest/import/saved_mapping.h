#pragma once

#include "ingest/import/importer.h"
#include "store/catalogue.h"

namespace fit::ingest {

// How the files of a source are read is stored with the catalogue, so that the next file of the source needs
// no options. options.source must be set. The errors of the store.

// Puts the shape and the mapping that are saved for the source into options that have neither. Returns
// whether there are any. The mapping "none" stands for none, whatever is saved.
Result<bool> use_saved_mapping(store::Catalogue& store, ImportOptions& options);

// Saves the shape and the mapping of the options, if they have any, for the source. The mapping "none"
// removes what is saved.
Result<void> save_mapping(store::Catalogue& store, const ImportOptions& given);

}  // namespace fit::ingest
