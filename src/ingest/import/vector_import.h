#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "ingest/import/importer.h"

namespace fit::ingest {

// A file with vectors that another program computed from an input's images.
struct VectorFile {
  std::filesystem::path path;  // little-endian float32: one vector for each row of the input, in order
  std::string space;           // the name of the space, which is made when it does not exist
};

// The outcome of an import of vectors, by rows.
struct VectorImportReport {
  std::int64_t stored = 0;
  std::int64_t missing = 0;  // rows that are rejected, or whose item or image is not in the catalogue
};

// Stores each row's vector, scaled to length 1, for the first image of the row's item. Run it after the
// import of `input`. Rows are read twice, once to count them. An interrupted import is resumed by running it
// again. Memory is bounded. Blocks. `progress` gets the number of finished rows and of all; `report` is
// filled whatever is returned: kInvalid naming "vectors" when the file's size does not match the number of
// rows, or a vector is zero or not finite (those before it are stored); kNotFound when a file does not exist;
// kConflict when the space has other dimensions; kCancelled; and the errors of Importer::run() for the input.
Result<void> import_vectors(store::Catalogue& store, const std::filesystem::path& input,
                            const ImportOptions& options, const VectorFile& file, const Progress& progress,
                            const std::stop_token& stop, VectorImportReport& report);

}  // namespace fit::ingest
