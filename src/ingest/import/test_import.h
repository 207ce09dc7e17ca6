#pragma once

#include <filesystem>

#include "catalog/test_support.h"
#include "ingest/import/importer.h"

namespace fit::ingest::testing {

using namespace catalog::testing;

// Imports `input` in the format of its name.
inline Result<ImportReport> import_file(Bench& bench, const std::filesystem::path& input,
                                        ImportOptions options = {}) {
  FIT_TRY(options.format, import_format(input));
  ImportReport report;
  FIT_CHECK(Importer(bench.catalog->writer()).run(input, options, {}, {}, report));
  return report;
}

}  // namespace fit::ingest::testing
