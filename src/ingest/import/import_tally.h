#pragma once

#include <mutex>

#include "ingest/import/importer.h"
#include "ingest/import/rejects_file.h"
#include "store/catalogue.h"

namespace fit::ingest {

// Counts what became of an import's rows. Thread-safe.
class ImportTally {
 public:
  ImportTally(RejectsFile rejects, std::size_t max_reported, std::int64_t total_rows,
              std::uint64_t total_bytes);

  // A row is stored, or was already.
  void finish(store::UpsertKind kind, std::uint64_t end_offset);
  void reject(std::int64_t line, std::uint64_t end_offset, const Error& error, const std::string& row);

  ImportProgress progress() const;
  // Closes the rejects file. Call once, at the end.
  Result<ImportReport> take_report();

 private:
  void advance(std::uint64_t end_offset);

  mutable std::mutex mutex_;
  RejectsFile rejects_;
  const std::size_t max_reported_;
  ImportReport report_;
  ImportProgress progress_;
};

}  // namespace fit::ingest
