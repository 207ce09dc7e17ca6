#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "catalog/item_input.h"
#include "ingest/import/importer.h"

namespace fit::ingest {

// One row of an import's input.
struct ImportRow {
  std::int64_t line = 0;            // 1-based; for a folder the number of the file
  std::uint64_t end_offset = 0;     // the offset of the row's end in the input file
  std::string text;                 // for the rejects file: the row's text, or the image's path
  Result<catalog::ItemInput> item;  // the item, or the reason for which the row is rejected
};

// The rows of a CSV file, an NDJSON file or a folder, one after the other. Not thread-safe.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // The next row; nullopt at the end. An error only when the input cannot be read.
  virtual Result<std::optional<ImportRow>> next() = 0;
  virtual std::int64_t total_rows() const { return 0; }    // 0: not known
  virtual std::uint64_t total_bytes() const { return 0; }  // 0: not a file
};

// How a source reads its input. Relative image paths are resolved against `folder`. Items without a source
// get `source`.
struct SourceContext {
  std::filesystem::path folder;  // absolute
  std::string source;
  bool ignore_unknown_columns = false;
  std::size_t max_image_bytes = 0;
  std::stop_token stop;  // ends the listing of a folder
};

// Open the input in one format. open_csv(): kInvalid naming the column when it is unknown or repeated, or
// when external_id or images have no column; kMalformed without a header.
Result<std::unique_ptr<RowSource>> open_csv(const std::filesystem::path& path, const SourceContext& context);
Result<std::unique_ptr<RowSource>> open_ndjson(const std::filesystem::path& path,
                                               const SourceContext& context);
Result<std::unique_ptr<RowSource>> open_folder(const std::filesystem::path& path,
                                               const SourceContext& context);

// Opens the input in the format that the options name.
Result<std::unique_ptr<RowSource>> open_rows(const std::filesystem::path& input, const ImportOptions& options,
                                             std::size_t max_image_bytes, const std::stop_token& stop);

// Resolves relative image paths, and sets the source of an item without one.
void complete(catalog::ItemInput& item, const SourceContext& context);

}  // namespace fit::ingest
