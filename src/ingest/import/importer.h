#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/item_writer.h"

namespace fit::ingest {

enum class ImportFormat { kCsv, kNdjson, kFolder };

// From the name's ending, or kFolder for a folder. kInvalid for anything else.
Result<ImportFormat> import_format(const std::filesystem::path& path);

struct ImportOptions {
  ImportFormat format = ImportFormat::kCsv;
  std::string source;  // for rows and folders that name none; the file's or folder's name otherwise
  std::filesystem::path
      rejects_path;  // bad rows go here as NDJSON {"line","reason","field","row"}; empty: nowhere
  std::size_t max_reported_rejects = 100;
  std::size_t threads = 0;              // that decode and embed; 0: the number of cores
  std::size_t fetch_threads = 8;        // images fetched from the network at a time
  bool ignore_unknown_columns = false;  // CSV columns that the catalogue has no place for are passed over
};

struct ImportProgress {
  std::int64_t done = 0;   // rows finished in any way
  std::int64_t total = 0;  // rows in all: counted for a folder, estimated for a file; 0 when not known yet
  std::uint64_t done_bytes = 0;   // of the input file
  std::uint64_t total_bytes = 0;  // 0 for a folder
};

struct Reject {
  std::int64_t line = 0;  // 1-based line of the input where the row starts; for a folder the file's number
  std::string field;
  std::string reason;
};

struct ImportReport {
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t unchanged = 0;
  std::int64_t rejected = 0;
  bool stopped = false;         // `stop` was set; what was acknowledged is stored, the rest is not touched
  std::vector<Reject> rejects;  // the first max_reported_rejects
  double seconds = 0;
};

// CSV: the header names the columns: the listing fields (source, external_id, title, description, brand,
// price, currency, size, url, status, listed_at), the sixteen properties, and images: image_url or
// image_path (one), image_urls or images (several, separated by "|"). "id" stands for external_id and "name"
// for title. NDJSON: an object a line, as parse_item() reads it. Folder: every image in it and below
// becomes an item; its external_id is the path from the folder, its category the last folder's name. Local
// images count from the input's own folder and stay where they are. Two rows of one key: the later one
// stands.
//
// Brings a CSV, an NDJSON file or a folder of photos into the catalogue, as a pipeline of bounded queues, so
// memory stays flat however long the input: read, fetch and decode (threads), embed in batches, store in
// batches. A bad row is rejected and never stops the rest. Rows that are stored already with the same content
// are recognised by their hash and skipped quickly, so an interrupted import is resumed by running it again.
class Importer {
 public:
  explicit Importer(catalog::ItemWriter& writer) : writer_(writer) {}

  // Blocks until done. `progress` is called about ten times a second from one thread; may be empty. Setting
  // `stop` ends the import soon, cleanly. Errors: the input cannot be read at all, its CSV header is wrong
  // (kInvalid naming the column), the store fails.
  Result<ImportReport> run(const std::filesystem::path& input, const ImportOptions& options,
                           const std::function<void(const ImportProgress&)>& progress,
                           const std::atomic<bool>& stop);

 private:
  catalog::ItemWriter& writer_;
};

}  // namespace fit::ingest
