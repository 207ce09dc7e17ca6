#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "catalog/item_writer.h"

namespace fit::ingest {

// The formats of an import's input.
enum class ImportFormat { kCsv, kNdjson, kFolder };

// The format by the file name's extension, or kFolder for a folder. kInvalid for other names.
Result<ImportFormat> import_format(const std::filesystem::path& path);

// How to read an input.
struct ImportOptions {
  ImportFormat format = ImportFormat::kCsv;
  std::string source;  // the source of rows without one; empty: the name of the file or folder
  std::filesystem::path
      rejects_path;  // rejects_file.h writes rejected rows here; empty: they are not written
  std::size_t max_reported_rejects = 100;
  std::size_t threads = 0;              // for decoding, and as many for embedding; 0: the number of cores
  std::size_t fetch_threads = 8;        // images fetched from the network at a time
  bool ignore_unknown_columns = false;  // skips unknown CSV columns instead of failing
};

// A rejected row.
struct Reject {
  std::int64_t line = 0;  // 1-based line of the input where the row starts; for a folder the file's number
  std::string field;
  std::string reason;
};

// The outcome of an import, complete even when it was stopped or failed.
struct ImportReport {
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t unchanged = 0;
  std::int64_t rejected = 0;
  std::vector<Reject> rejects;  // the first max_reported_rejects
  double seconds = 0;
};

// CSV: the header names the columns: the listing fields (source, external_id, title, description, brand,
// price, currency, size, url, status, listed_at), the sixteen properties, and images: image_url or
// image_path (one), image_urls or images (several, separated by "|"). "id" stands for external_id and "name"
// for title. NDJSON: one object a line, in the form of parse_item(). Folder: every image in the folder and
// its sub-folders becomes an item; its external_id is its path within the folder, its category the name of
// the sub-folder that contains it. Relative image paths start at the input's folder; the files stay where
// they are. Of several rows with one key the last one wins.
//
// Imports a CSV file, an NDJSON file or a folder of photos. The stages (read, fetch and decode, embed in
// batches, store in batches) run in parallel between bounded queues, so that memory is bounded for any input.
// A bad row is rejected and does not stop the import. A row that is stored with the same content is
// recognised by its hash and skipped, so that an interrupted import is resumed by running it again.
// Thread-safe.
class Importer {
 public:
  explicit Importer(catalog::ItemWriter& writer) : writer_(writer) {}

  // Blocks until done. `progress` is called about ten times a second, from one thread, with the number of
  // rows finished in any way and of all rows: counted for a folder, estimated for a file. `report` is filled
  // whatever is returned: kCancelled after `stop`; kInvalid naming the column for a wrong CSV header; and the
  // errors of reading the input and of the store. Rows that the report counts are stored; other rows changed
  // nothing.
  Result<void> run(const std::filesystem::path& input, const ImportOptions& options, const Progress& progress,
                   const std::stop_token& stop, ImportReport& report);

 private:
  catalog::ItemWriter& writer_;
};

}  // namespace fit::ingest
