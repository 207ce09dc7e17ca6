#pragma once

#include <stop_token>
#include <vector>

#include "ingest/import/importer.h"

namespace fit::ingest {

// An item as an import would store it, without its images.
struct PreviewItem {
  domain::Listing listing;  // with the properties that its texts name
  domain::PropertyOrigins origins;
  std::vector<std::string> images;  // URLs or paths; "sent" for an image inside the row
};

// The outcome that an import of an input would have.
struct Preview {
  std::vector<PreviewItem> items;  // the first items that would be stored
  // The outcome for the whole input. Rows that would be stored count as `created`. Images are not loaded.
  ImportReport report;
};

// Reads the whole input as Importer::run() does and returns the first `max_items` items. Writes and fetches
// nothing. Blocks; kCancelled after `stop`, and the errors of Importer::run() for the input.
Result<Preview> preview_import(const catalog::ItemWriter& writer, const std::filesystem::path& input,
                               const ImportOptions& options, std::size_t max_items,
                               const std::stop_token& stop);

}  // namespace fit::ingest
