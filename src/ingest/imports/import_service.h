#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/import/input_columns.h"
#include "ingest/import/preview.h"
#include "ingest/imports/import_journal.h"
#include "ingest/imports/import_worker.h"
#include "jobs/queue.h"
#include "store/catalogue.h"

namespace fit::ingest {

// A file that a person has sent.
struct UploadedImport {
  std::filesystem::path path;  // of the content, without an ending; the caller removes it
  std::string name;            // as the person has it: "export.csv"
  std::string source;          // empty: the name without its ending
  std::string created_by;
};

// What a person wants to be different. nullopt: as it was.
struct GivenSettings {
  std::optional<std::string> source = {};
  std::optional<std::string> shape = {};
  std::optional<std::vector<std::string>> mapping = {};  // "preis=price"
  std::optional<bool> overwrite = {};

  bool is_empty() const { return !source && !shape && !mapping && !overwrite; }
};

// The first rows of an import's file as they would be stored, with the columns that were found.
struct ImportPreview {
  ImportRecord import;
  std::vector<InputColumn> columns;  // with the mapping of the import's settings
  bool is_remembered = false;        // the mapping is that of the source's last file
  PreviewRows rows;
  std::optional<Error> problem = {};  // why no row can be read; a mapping may help
};

// The imports of one catalogue that jobs do: their files, previews, progress and undo. Thread-safe; calls
// block. Borrows its parts.
class ImportService {
 public:
  struct Parts {
    store::Catalogue& store;
    std::shared_ptr<blobs::BlobStore> files;  // of imports
    std::function<CatalogLease()> catalog;    // the catalog that is active when it is called
    jobs::Queue& queue;
    Log log;
  };
  static constexpr std::size_t kPreviewedRows = 10;
  // How long a file that nobody imports is kept, and that of an import which has ended.
  static constexpr std::chrono::hours kUnstartedTime{24};
  static constexpr std::chrono::hours kUndoTime{30 * 24};

  ImportService(Parts parts, ImportWorker::Options options);

  // Stores the file and an import of it. Removes what earlier calls have left beyond its time. kInvalid
  // naming "file" for a spreadsheet or an empty file, naming "source"; the errors of the storage.
  Result<ImportRecord> add(const UploadedImport& upload);
  // Reads the first rows, and notes how the file is to be read. Without a mapping that is given now or
  // before, the one that was saved for the source is taken, else the suggested one. kNotFound; kConflict for
  // an import at work or undone; kInvalid naming what is given wrongly.
  Result<ImportPreview> preview(ImportId id, const GivenSettings& given, const std::stop_token& stop);
  // Imports the file by a job, and saves the mapping for the source. Goes on with a stopped or failed import.
  // The errors of Imports::start() and of opening the file.
  Result<ImportRecord> start(ImportId id, const GivenSettings& given);
  // Stops an import; what it has stored stays. The errors of Imports::request_stop().
  Result<ImportRecord> stop(ImportId id);
  // Takes back what the import has written, by a job. The errors of Imports::undo().
  Result<ImportRecord> undo(ImportId id);
  // Removes an import from the list, with its file. The errors of Imports::remove().
  Result<void> remove(ImportId id);

  // Imports::get() and list(), where an import whose job is dead or lost has ended.
  Result<ImportRecord> get(ImportId id);
  Result<std::vector<ImportRecord>> list(std::int64_t before, std::size_t limit);
  Result<std::vector<StoredReject>> rejects(ImportId id, std::int64_t after, std::size_t limit);
  Result<UndoCounts> undo_counts(ImportId id);
  Result<std::vector<KeptItem>> kept(ImportId id, std::size_t limit);

  // The rejected rows as a file of the import's format, to be corrected and sent again: a table with its
  // header, or NDJSON. kInvalid for XML, and when the file is removed. Holds all of it in memory, at most
  // ImportWorker::kMaxStoredRejects rows.
  Result<std::string> rejects_file(ImportId id);

  jobs::Handler handler() { return worker_.handler(); }

 private:
  Result<ImportRecord> settle(ImportRecord import);
  Result<ImportRecord> apply(ImportId id, const GivenSettings& given, bool& is_remembered);
  Result<void> remove_file(const std::string& blob);
  void tidy();

  const Parts parts_;
  const ImportWorker::Options options_;
  Imports imports_;
  ImportWorker worker_;
};

}  // namespace fit::ingest
