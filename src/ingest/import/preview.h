#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
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

// One of the first rows of an input.
struct PreviewRow {
  std::int64_t line = 0;
  std::optional<PreviewItem> item;  // nullopt: the row would be rejected
  std::optional<Reject> reject;     // set for such a row
  std::vector<RowWarning> warned;
  bool is_new = true;  // the catalogue has no item with the row's source and external_id
};

// The first rows of an input, and how it is read.
struct PreviewRows {
  std::string read_as;
  std::vector<std::string> remarks;
  std::vector<PreviewRow> rows;
};

// Reads the first `max_rows` items or rejected rows of an input, as preview_import() reads all of them.
// Writes and fetches nothing. Blocks; kCancelled after `stop`, and the errors of Importer::run() for the
// input.
Result<PreviewRows> preview_rows(catalog::ItemWriter& writer, const std::filesystem::path& input,
                                 const ImportOptions& options, std::size_t max_rows,
                                 const std::stop_token& stop);

}  // namespace fit::ingest
