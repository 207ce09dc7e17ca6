#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "ingest/import/importer.h"

namespace fit::ingest {

// Vectors that another program made of an input's images.
struct VectorFile {
  std::filesystem::path
      path;           // little-endian float32, as many numbers a row; in the order of the input's rows
  std::string space;  // the space's name; made when new
};

struct VectorImportReport {
  std::int64_t stored = 0;
  std::int64_t missing = 0;  // rows that are broken, or whose item or image the catalogue does not have
};

// Gives the first image of each row's item the row's vector, scaled to length 1: run it after the import of
// `input`. Rows are read twice, once to count them. Resumed by running it again. Memory stays flat.
// kInvalid naming "vectors" when the file's size does not fit the rows, or a vector is zero or not finite
// (those before it are stored); kNotFound; kConflict when the space has other dimensions; kCancelled; and the
// errors of Importer::run() for the input. `progress` gets rows done and in all; `report` is filled whatever
// is returned.
Result<void> import_vectors(store::Catalogue& store, const std::filesystem::path& input,
                            const ImportOptions& options, const VectorFile& file, const Progress& progress,
                            const std::stop_token& stop, VectorImportReport& report);

}  // namespace fit::ingest
