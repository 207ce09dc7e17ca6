#include "ingest/imports/import_service.h"

#include <algorithm>

#include "base/csv_reader.h"
#include "base/hash.h"
#include "base/text.h"
#include "catalog/text_rules.h"
#include "ingest/assets/local_file.h"
#include "ingest/import/decoded_file.h"
#include "ingest/import/row_source.h"
#include "ingest/import/saved_mapping.h"
#include "ingest/import/table_separator.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMaxImportFileName = 200;
constexpr std::size_t kTidiedAtOnce = 20;
constexpr std::size_t kRejectsAtOnce = 500;

// The format by the ending of the file's name, else by the content.
Result<ImportFormat> uploaded_format(const UploadedImport& upload) {
  const std::string ending = to_lower(std::filesystem::path(upload.name).extension().string());
  const bool is_told = ending == ".csv" || ending == ".tsv" || ending == ".tab" || ending == ".ndjson" ||
                       ending == ".jsonl" || ending == ".xml" || ending == ".rss" || ending == ".atom";
  // The path has no ending, so that the content decides; it tells a spreadsheet, whatever its name.
  auto found = import_format(upload.path);
  if (!found) return Error{found.error().code, found.error().message, "file", {}};
  return is_told ? import_format("upload" + ending) : found;
}

std::string_view ending_of(ImportFormat format) {
  switch (format) {
    case ImportFormat::kNdjson:
      return "jsonl";
    case ImportFormat::kJson:
      return "json";
    case ImportFormat::kXml:
      return "xml";
    case ImportFormat::kTable:
    case ImportFormat::kFolder:
      return "csv";
  }
  return "csv";
}

Result<std::string> checked_source(const std::string& source) {
  domain::Listing probe;
  FIT_CHECK(catalog::set_text(probe, "source", source));
  if (probe.source.empty()) return invalid("source", "must not be empty");
  return probe.source;
}

// The header of a table as it is in the file.
Result<std::string> header_text(const std::filesystem::path& path) {
  FIT_TRY(DecodedFile file, open_decoded(path));
  FIT_TRY(const Separator separator, find_separator(*file.input));
  CsvReader reader(
      std::move(file.input),
      {.separator = separator.character, .is_lenient = true, .first_line = separator.first_line});
  FIT_TRY(const auto header, reader.next());
  return header ? header->text : std::string();
}

}  // namespace

ImportService::ImportService(Parts parts, ImportWorker::Options options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      imports_(parts_.store.database()),
      worker_({.database = parts_.store.database(),
               .files = parts_.files,
               .catalog = parts_.catalog,
               .log = parts_.log},
              options_) {}

Result<ImportRecord> ImportService::add(const UploadedImport& upload) {
  tidy();
  ImportRecord import;
  import.file_name = utf8_prefix(trim(upload.name), kMaxImportFileName);
  if (import.file_name.empty()) import.file_name = "import";
  FIT_TRY(import.format, uploaded_format(upload));
  const std::string stem = std::filesystem::path(import.file_name).stem().string();
  FIT_TRY(import.settings.source, checked_source(upload.source.empty() ? stem : upload.source));
  std::error_code error;
  const auto size = std::filesystem::file_size(upload.path, error);
  if (error) return from_errno("read the file", error.value());
  if (size == 0) return malformed("file", "is empty");
  import.size_bytes = static_cast<std::int64_t>(size);
  FIT_TRY(const std::string digest, sha256_file_hex(upload.path));
  import.blob = digest + "." + std::string(ending_of(import.format));
  FIT_CHECK(parts_.files->put_file(import.blob, upload.path));
  FIT_CHECK(parts_.files->sync());
  import.created_by = upload.created_by;
  import.created_at = now();
  return imports_.add(import);
}

// The import with the settings that are given now, which are stored.
Result<ImportRecord> ImportService::apply(ImportId id, const GivenSettings& given, bool& is_remembered) {
  FIT_TRY(ImportRecord import, get(id));
  ImportSettings settings = import.settings;
  const bool is_other_source = given.source && *given.source != settings.source;
  if (given.source) {
    FIT_TRY(settings.source, checked_source(*given.source));
  }
  settings.shape = given.shape.value_or(settings.shape);
  settings.overwrite = given.overwrite.value_or(settings.overwrite);
  if (given.mapping) settings.mapping = *given.mapping;
  const bool is_first = !given.mapping && !given.shape && settings.mapping.empty();
  if (is_first || (is_other_source && !given.mapping && !given.shape)) {
    import.settings = settings;
    ImportOptions options = import_options(import);
    FIT_TRY(is_remembered, use_saved_mapping(parts_.store, options));
    if (is_remembered) {
      settings.shape = options.shape;
      settings.mapping = options.mapping;
    }
  }
  return imports_.set_settings(id, settings);
}

Result<ImportPreview> ImportService::preview(ImportId id, const GivenSettings& given,
                                             const std::stop_token& stop) {
  ImportPreview preview;
  FIT_TRY(preview.import, apply(id, given, preview.is_remembered));
  ImportRecord& import = preview.import;
  if (import.blob.empty()) return invalid("file", "is no longer stored; upload it again");
  FIT_TRY(const LocalFile file, LocalFile::open(*parts_.files, import.blob, options_.scratch));
  auto columns = read_columns(file.path(), import_options(import));
  if (!columns && columns.error().field != "header") return columns.error();
  if (columns) preview.columns = *std::move(columns);
  const auto suggested = suggested_mapping(preview.columns);
  if (!given.mapping && import.settings.mapping.empty() && !suggested.empty()) {
    ImportSettings settings = import.settings;
    settings.mapping = suggested;
    FIT_TRY(import, imports_.set_settings(id, settings));
    FIT_TRY(auto mapped, read_columns(file.path(), import_options(import)));
    for (std::size_t i = 0; i < mapped.size(); ++i) mapped[i].suggestion = preview.columns[i].suggestion;
    preview.columns = std::move(mapped);
  }
  const CatalogLease lease = parts_.catalog();
  auto rows = preview_rows(lease.catalog.writer(), file.path(), import_options(import), kPreviewedRows, stop);
  if (rows) {
    preview.rows = *std::move(rows);
  } else if (rows.error().code == ErrorCode::kInvalid || rows.error().code == ErrorCode::kMalformed) {
    preview.problem = std::move(rows).error();
  } else {
    return rows.error();
  }
  return preview;
}

Result<ImportRecord> ImportService::start(ImportId id, const GivenSettings& given) {
  FIT_TRY(ImportRecord import, get(id));
  bool is_remembered = false;
  if (!given.is_empty()) {
    FIT_TRY(import, apply(id, given, is_remembered));
  }
  if (!import.blob.empty() && !is_at_work(import.state)) {
    FIT_TRY(const LocalFile file, LocalFile::open(*parts_.files, import.blob, options_.scratch));
    const std::size_t max_image_bytes = parts_.catalog().catalog.writer().image_limits().max_bytes;
    FIT_CHECK(open_rows(file.path(), import_options(import), max_image_bytes, {}));
  }
  FIT_TRY(import, imports_.start(id));
  parts_.queue.announce();
  // The mapping serves the next file; the import does not depend on it.
  if (const auto saved = save_mapping(parts_.store, import_options(import)); !saved)
    parts_.log.warning("the mapping of a source is not saved", {{"reason", saved.error().describe()}});
  return import;
}

Result<ImportRecord> ImportService::stop(ImportId id) {
  FIT_TRY(ImportRecord import, imports_.request_stop(id));
  if (!import.job) return import;
  const auto cancelled = parts_.queue.cancel(*import.job);
  // A job that has ended has said how.
  if (!cancelled && cancelled.error().code != ErrorCode::kConflict &&
      cancelled.error().code != ErrorCode::kNotFound)
    return cancelled.error();
  return get(id);
}

Result<ImportRecord> ImportService::undo(ImportId id) {
  FIT_TRY(ImportRecord import, get(id));
  FIT_TRY(import, imports_.undo(id));
  parts_.queue.announce();
  return import;
}

Result<void> ImportService::remove(ImportId id) {
  FIT_TRY(const ImportRecord import, get(id));
  FIT_CHECK(imports_.remove(id));
  return remove_file(import.blob);
}

Result<void> ImportService::remove_file(const std::string& blob) {
  if (blob.empty()) return {};
  const Timestamp before = now();
  FIT_TRY(const bool is_used, imports_.has_blob(blob));
  if (is_used) return {};
  blobs::BlobInfo file;
  file.name = blob;
  FIT_CHECK(parts_.files->remove(file, before));
  return {};
}

// What fails is tried again by the next upload.
void ImportService::tidy() {
  const auto outdated = imports_.outdated(now() - kUnstartedTime, now() - kUndoTime, kTidiedAtOnce);
  if (!outdated) return;
  for (const ImportRecord& import : *outdated) {
    const auto forgotten =
        import.state == ImportState::kReady ? imports_.remove(import.id) : imports_.forget_file(import.id);
    if (forgotten) (void)remove_file(import.blob);
  }
}

Result<ImportRecord> ImportService::settle(ImportRecord import) {
  if (!is_at_work(import.state) || !import.job) return import;
  const auto job = parts_.queue.find(*import.job);
  if (!job && job.error().code != ErrorCode::kNotFound) return job.error();
  if (job && !jobs::is_final(job->state)) return import;
  return imports_.change(import.id, [&](sql::SqlConnection&, ImportRecord& stored) -> Result<void> {
    if (!is_at_work(stored.state) || stored.job != import.job) return {};
    stored.state = stored.wants_stop ? ImportState::kStopped : ImportState::kFailed;
    if (!stored.wants_stop && stored.error.empty())
      stored.error = job && job->error ? job->error->message : "the job of the import has ended";
    stored.ended_at = now();
    return {};
  });
}

Result<ImportRecord> ImportService::get(ImportId id) {
  FIT_TRY(ImportRecord import, imports_.get(id));
  return settle(std::move(import));
}

Result<std::vector<ImportRecord>> ImportService::list(std::int64_t before, std::size_t limit) {
  FIT_TRY(auto imports, imports_.list(before, limit));
  for (ImportRecord& import : imports) {
    FIT_TRY(import, settle(std::move(import)));
  }
  return imports;
}

Result<std::vector<StoredReject>> ImportService::rejects(ImportId id, std::int64_t after, std::size_t limit) {
  FIT_CHECK(imports_.get(id));
  return imports_.rejects(id, after, limit);
}

Result<UndoCounts> ImportService::undo_counts(ImportId id) {
  return ImportJournal(parts_.store.database(), id).undo_counts();
}

Result<std::vector<KeptItem>> ImportService::kept(ImportId id, std::size_t limit) {
  return ImportJournal(parts_.store.database(), id).kept(limit);
}

Result<std::string> ImportService::rejects_file(ImportId id) {
  FIT_TRY(const ImportRecord import, get(id));
  if (import.format == ImportFormat::kXml)
    return invalid("id", "rows of XML cannot be given back; see the list of rejected rows");
  if (import.blob.empty()) return invalid("file", "is no longer stored");
  std::string text;
  if (import.format == ImportFormat::kTable) {
    FIT_TRY(const LocalFile file, LocalFile::open(*parts_.files, import.blob, options_.scratch));
    FIT_TRY(text, header_text(file.path()));
    text += "\r\n";
  }
  for (std::int64_t after = 0;;) {
    FIT_TRY(const auto rejects, imports_.rejects(id, after, kRejectsAtOnce));
    if (rejects.empty()) return text;
    after = rejects.back().number;
    for (const StoredReject& reject : rejects) text += reject.text + "\n";
  }
}

}  // namespace fit::ingest
