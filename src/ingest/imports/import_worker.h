#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/log.h"
#include "blobs/blob_store.h"
#include "ingest/assets/asset_worker.h"
#include "ingest/imports/imports.h"
#include "jobs/handler.h"

namespace fit::ingest {

// Does the jobs of the kind kImportJob: imports the file of an import, or undoes one. A job that is begun
// again reads its file from the start; rows that are stored already cost a look-up each. Thread-safe. Borrows
// its parts.
class ImportWorker {
 public:
  struct Parts {
    sql::Database& database;
    std::shared_ptr<blobs::BlobStore> files;
    std::function<CatalogLease()> catalog;  // the catalog that is active when it is called
    Log log;
  };
  struct Options {
    std::filesystem::path scratch;  // for copies of files that are stored elsewhere
    std::size_t threads = 0;        // of an import, as ImportOptions has them
  };
  static constexpr std::size_t kMaxStoredRejects = 10'000;  // of an import; others are counted only

  ImportWorker(Parts parts, Options options) : parts_(std::move(parts)), options_(std::move(options)) {}

  // One job at a time in each process.
  jobs::Handler handler();

 private:
  Result<void> run(const jobs::Job& job, const std::stop_token& stop);
  Result<void> import_file(const ImportRecord& import, const std::stop_token& stop);
  Result<void> undo(const ImportRecord& import, const std::stop_token& stop);

  const Parts parts_;
  const Options options_;
};

// The options of an import's importer and preview, without limits and threads.
ImportOptions import_options(const ImportRecord& import);

}  // namespace fit::ingest
