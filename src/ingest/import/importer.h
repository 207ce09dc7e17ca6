#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "catalog/item_writer.h"

namespace fit::ingest {

// The formats of an import's input. A table is CSV, or has another separator.
enum class ImportFormat { kTable, kNdjson, kJson, kXml, kFolder };

// The format by the file name's extension, by the content for .json, .txt and names without extension, or
// kFolder for a folder. kInvalid for other names and for spreadsheets; the errors of reading the file.
Result<ImportFormat> import_format(const std::filesystem::path& path);

// The default source of rows: the name of the folder, or of the file without its extension.
std::string default_source(const std::filesystem::path& input, ImportFormat format);

// A rejected row.
struct Reject {
  std::int64_t line = 0;  // 1-based line of the input where the row starts; for a folder the file's number
  std::string field;
  std::string reason;
  std::string external_id = {};  // empty where it could not be read, as the others
  std::string title = {};
  std::string value = {};  // of the field
};

// How to read an input, and how to treat stored items.
struct ImportOptions {
  ImportFormat format = ImportFormat::kTable;
  std::string shape;                 // the id of a shape, such as "shopify"; empty: detected from the names
  std::vector<std::string> mapping;  // changes to the shape: "handle=external_id"
  std::string source;                // the source of rows without one; empty: default_source()
  // rejects_file.h writes rejected rows and warnings here; empty: they are not written.
  std::filesystem::path rejects_path;
  std::size_t max_reported = 100;       // limit of the rejects in the report, and of the warnings
  std::size_t threads = 0;              // for decoding, and as many for embedding; 0: the number of cores
  std::size_t fetch_threads = 8;        // images fetched from the network at a time
  bool ignore_unknown_columns = false;  // skip unknown columns and members instead of failing
  bool overwrite = false;               // replace what was changed in the catalogue since the last import
  // If set, items of the sources of the input that the input does not list are hidden at the end. Called
  // first when more than half of the items would be hidden, with their number and that of all items of the
  // sources; false hides none.
  std::function<bool(std::int64_t missing, std::int64_t all)> hide_missing;
  // Called for each rejected row with the row's text, one call at a time, from any thread; must be quick.
  // Empty: nothing is called.
  std::function<void(const Reject& reject, const std::string& row)> on_reject = {};
  // Stores a batch of rows instead of ItemWriter::write(), which it calls. Called by one thread. Empty:
  // ItemWriter::write() itself.
  using Write =
      std::function<Result<std::vector<store::UpsertOutcome>>(std::span<const domain::ItemWrite> items)>;
  Write write = {};
};

// A note on a value of a row that was changed or left out. The row itself is imported.
struct RowWarning {
  std::int64_t line = 0;  // as in Reject
  std::string field;
  std::string reason;
  std::string value;
};

// The outcome of an import, complete even when it was stopped or failed.
struct ImportReport {
  std::string read_as;               // how the input was read: "a Shopify export"
  std::vector<std::string> remarks;  // remarks on the input as a whole
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t unchanged = 0;
  std::int64_t rejected = 0;
  std::int64_t warnings = 0;
  std::int64_t kept = 0;           // items whose edits were kept
  std::int64_t hidden = 0;         // items that were hidden because the input does not list them
  std::vector<Reject> rejects;     // the first max_reported
  std::vector<RowWarning> warned;  // the first max_reported
  double seconds = 0;

  std::int64_t stored() const { return created + updated + unchanged; }
};

// Imports a table, a JSON, NDJSON or XML file, or a folder of photos, in the forms of docs/formats.md. The
// stages (read, fetch and decode, embed in batches, store in batches) run in parallel between bounded queues,
// so that memory is bounded for any input, except for the keys of rows (SeenKeys). A bad row is rejected and
// does not stop the import; a bad value or image adds a warning. Of several rows with one key the first
// counts, and the others are rejected. A row that is stored with the same content is recognised by its hash
// and skipped, so that an interrupted import is resumed by running it again. Edits of items are kept.
// Thread-safe.
class Importer {
 public:
  explicit Importer(catalog::ItemWriter& writer) : writer_(writer) {}

  // Blocks until done. `progress` is called about ten times a second, from one thread, with the number of
  // rows finished in any way and of all rows: counted for a folder, estimated for a file. `report` is filled
  // once the input is open, whatever is returned: kCancelled after `stop`; kInvalid naming the column for a
  // wrong header; kConflict naming "complete" when every row is stored but no item was hidden, because
  // hide_missing returned false or the id of a row could not be read; and the errors of reading the input and
  // of the store. Rows that the report counts are stored; other rows changed nothing.
  Result<void> run(const std::filesystem::path& input, const ImportOptions& options, const Progress& progress,
                   const std::stop_token& stop, ImportReport& report);

 private:
  catalog::ItemWriter& writer_;
};

}  // namespace fit::ingest
