#pragma once

#include <stop_token>
#include <vector>

#include "ingest/import/importer.h"

namespace fit::ingest {

// An item as an import would store it, without its images.
struct PreviewItem {
  domain::Listing listing;  // with the properties that its texts state
  domain::PropertyOrigins origins;
  std::vector<std::string> images;  // where they come from; "sent" for an image inside the row
};

// What an import would do with an input.
struct Preview {
  std::vector<PreviewItem> items;  // the first of those that would be stored
  // What the whole input holds. Rows that would be stored count as `created`. No image is looked at.
  ImportReport report;
};

// Reads the whole input as Importer::run() does, keeps the first `max_items` items, and writes and fetches
// nothing. Blocks; kCancelled after `stop`. The errors of Importer::run() for the input.
Result<Preview> preview_import(const catalog::ItemWriter& writer, const std::filesystem::path& input,
                               const ImportOptions& options, std::size_t max_items,
                               const std::stop_token& stop);

}  // namespace fit::ingest
