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

enum class ImportFormat { kCsv, kNdjson, kFolder };

// From the name's ending, or kFolder for a folder. kInvalid for anything else.
Result<ImportFormat> import_format(const std::filesystem::path& path);

// How to read an input.
struct ImportOptions {
  ImportFormat format = ImportFormat::kCsv;
  std::string source;  // of rows without one; empty: the name of the file or folder
  std::filesystem::path
      rejects_path;  // bad rows go here as NDJSON {"line","reason","field","row"}; empty: nowhere
  std::size_t max_reported_rejects = 100;
  std::size_t threads = 0;              // for decoding, and as many for embedding; 0: the number of cores
  std::size_t fetch_threads = 8;        // images fetched from the network at a time
  bool ignore_unknown_columns = false;  // skip CSV columns that the catalogue does not know
};

// A rejected row.
struct Reject {
  std::int64_t line = 0;  // 1-based line of the input where the row starts; for a folder the file's number
  std::string field;
  std::string reason;
};

// What an import did, also when it was stopped or failed.
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

  // Blocks until done. `progress` is called about ten times a second, from one thread, with the rows finished
  // in any way and the rows in all: counted for a folder, estimated for a file. `report` is filled whatever
  // is returned. Errors: kCancelled after `stop`: what the report counts is stored, the rest is not touched;
  // the input cannot be read at all; its CSV header is wrong (kInvalid naming the column); the store fails.
  Result<void> run(const std::filesystem::path& input, const ImportOptions& options, const Progress& progress,
                   const std::stop_token& stop, ImportReport& report);

 private:
  catalog::ItemWriter& writer_;
};

}  // namespace fit::ingest
