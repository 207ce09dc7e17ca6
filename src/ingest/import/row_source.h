#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/item_input.h"
#include "ingest/import/importer.h"
#include "ingest/import/warning.h"

namespace fit::ingest {

// One item of an import's input: a row, or several rows that were joined.
struct ImportRow {
  std::int64_t line = 0;            // 1-based; for a folder the number of the file
  std::uint64_t end_offset = 0;     // the offset of the row's end in the input file
  std::string text;                 // for the rejects file: the row's text, or the image's path
  Result<catalog::ItemInput> item;  // the item, or the reason for which the row is rejected
  Warnings warnings;
  std::string external_id = {};  // of a rejected row too, where it could be read
  std::string title = {};
};

// The items of a table, a JSON or XML file, or a folder, one after the other. Not thread-safe.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // The next item; nullopt at the end. An error only when the input cannot be read.
  virtual Result<std::optional<ImportRow>> next() = 0;
  virtual std::int64_t total_rows() const { return 0; }    // 0: not known
  virtual std::uint64_t total_bytes() const { return 0; }  // 0: not a file
  // How the input is read, such as "a Shopify export". Constant.
  virtual std::string read_as() const = 0;
  // The remarks on the input as a whole: its encoding, the columns that are left out. Complete after the last
  // item.
  virtual std::vector<std::string> remarks() const { return {}; }
  // Whether a part of the input was passed over because it is damaged. Known after the last item.
  virtual bool is_damaged() const { return false; }
};

// How a source reads its input. Relative image paths are resolved against `folder`. Items without a source
// get `source`.
struct SourceContext {
  std::filesystem::path folder;  // absolute
  std::string source;
  std::string shape;                 // the id of a shape; empty: detected from the names
  std::vector<std::string> mapping;  // for ColumnNames::make()
  bool ignore_unknown_columns = false;
  std::size_t max_image_bytes = 0;
  std::stop_token stop;  // ends the listing of a folder
};

// Open the input in one format. The errors of opening a file; kInvalid naming "format" or "map" for an
// unknown shape or a wrong mapping. open_table(): kInvalid naming the column when it is unknown or repeated,
// or when external_id or images have no column; kMalformed without a header.
Result<std::unique_ptr<RowSource>> open_table(const std::filesystem::path& path,
                                              const SourceContext& context);
Result<std::unique_ptr<RowSource>> open_ndjson(const std::filesystem::path& path,
                                               const SourceContext& context);
// A JSON document: a list of objects, at the top or under a name such as "items" or "products", or one
// object.
Result<std::unique_ptr<RowSource>> open_json(const std::filesystem::path& path, const SourceContext& context);
// An XML document with elements "item" (RSS), "entry" (Atom), "product", "offer", "listing" or "article".
Result<std::unique_ptr<RowSource>> open_xml(const std::filesystem::path& path, const SourceContext& context);
Result<std::unique_ptr<RowSource>> open_folder(const std::filesystem::path& path,
                                               const SourceContext& context);
// Calls the one of these that reads the format.
Result<std::unique_ptr<RowSource>> open_format(ImportFormat format, const std::filesystem::path& path,
                                               const SourceContext& context);

// Opens the input in the format that the options name.
Result<std::unique_ptr<RowSource>> open_rows(const std::filesystem::path& input, const ImportOptions& options,
                                             std::size_t max_image_bytes, const std::stop_token& stop);

}  // namespace fit::ingest
