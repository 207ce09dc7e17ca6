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

enum class ImportFormat { kTable, kNdjson, kJson, kXml, kFolder };

// From the name's ending and, where that says little, the content; kFolder for a folder. kInvalid for
// anything else.
Result<ImportFormat> import_format(const std::filesystem::path& path);

// The source of rows that name none: the name of the file without its ending, or of the folder.
std::string default_source(const std::filesystem::path& input, ImportFormat format);

// How to read an input, and what to do with it.
struct ImportOptions {
  ImportFormat format = ImportFormat::kTable;
  std::string shape;                 // "shopify", ...; empty: found by the names of columns or members
  std::vector<std::string> mapping;  // other names for columns: "handle=external_id"
  std::string source;                // of rows without one; empty: default_source()
  // Rejected rows and warnings go here as NDJSON: {"line","reason","field","row"} and
  // {"line","warning","field","value"}; empty: nowhere.
  std::filesystem::path rejects_path;
  std::size_t max_reported = 100;       // rejects, and as many warnings, in the report
  std::size_t threads = 0;              // for decoding, and as many for embedding; 0: the number of cores
  std::size_t fetch_threads = 8;        // images fetched from the network at a time
  bool ignore_unknown_columns = false;  // leave out columns and members that have no meaning here
  bool overwrite = false;               // replace what was changed in the catalogue since the last import
  // Hide items of the file's sources that the file no longer has. Is asked before, with the number of those
  // and of all items of the sources, if they are more than half. Empty: nothing is hidden.
  std::function<bool(std::int64_t missing, std::int64_t all)> hide_missing;
};

// A rejected row.
struct Reject {
  std::int64_t line = 0;  // 1-based line of the input where the row starts; for a folder the file's number
  std::string field;
  std::string reason;
};

// Something of a row that was not taken as it stands.
struct RowWarning {
  std::int64_t line = 0;  // as of a Reject
  std::string field;
  std::string reason;
  std::string value;
};

// What an import did, also when it was stopped or failed.
struct ImportReport {
  std::string read_as;               // "a Shopify export"
  std::vector<std::string> remarks;  // on the input as a whole
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t unchanged = 0;
  std::int64_t rejected = 0;
  std::int64_t warnings = 0;
  std::int64_t kept = 0;           // items of which changes made in the catalogue were kept
  std::int64_t hidden = 0;         // items that the file no longer has
  std::vector<Reject> rejects;     // the first max_reported
  std::vector<RowWarning> warned;  // the first max_reported
  double seconds = 0;

  std::int64_t stored() const { return created + updated + unchanged; }
};

// Brings a table, a JSON, NDJSON or XML file or a folder of photos into the catalogue; docs/formats.md says
// how they are read. Works as a pipeline of bounded queues, so memory stays flat however long the input is:
// read, fetch and decode (threads), embed in batches, store in batches. A bad row is rejected and never stops
// the rest; a bad value or image costs no row. Of two rows with one id the first counts. Rows that are stored
// already with the same content are recognised by their hash and skipped quickly, so an interrupted import is
// resumed by running it again. Fields that were patched since an item's last import keep their values.
class Importer {
 public:
  explicit Importer(catalog::ItemWriter& writer) : writer_(writer) {}

  // Blocks until done. `progress` is called about ten times a second, from one thread, with the rows finished
  // in any way and the rows in all: counted for a folder, estimated for a file. `report` is filled whatever
  // is returned. Errors: kCancelled after `stop`: what the report counts is stored, the rest is not touched;
  // the input cannot be read at all; its header is wrong (kInvalid naming the column); the store fails;
  // kConflict when all was stored but the missing items were not hidden, because hide_missing said no or the
  // ids of rows could not be read.
  Result<void> run(const std::filesystem::path& input, const ImportOptions& options, const Progress& progress,
                   const std::stop_token& stop, ImportReport& report);

 private:
  catalog::ItemWriter& writer_;
};

}  // namespace fit::ingest
