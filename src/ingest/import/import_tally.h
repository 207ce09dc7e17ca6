#pragma once

#include <mutex>

#include "ingest/import/importer.h"
#include "ingest/import/rejects_file.h"
#include "ingest/import/warning.h"
#include "store/catalogue.h"

namespace fit::ingest {

// Counts the outcomes of an import's rows. Thread-safe.
class ImportTally {
 public:
  ImportTally(RejectsFile rejects, std::size_t max_reported, std::int64_t total_rows,
              std::uint64_t total_bytes);

  // Counts a row that was stored or that was stored before.
  void finish(store::UpsertKind kind, std::uint64_t end_offset);
  void reject(Reject reject, std::uint64_t end_offset, const std::string& row);
  // As ImportOptions::on_reject. Call it before the first row.
  void on_reject(std::function<void(const Reject& reject, const std::string& row)> call) {
    on_reject_ = std::move(call);
  }
  void warn(std::int64_t line, Warning warning);
  // Counts an item whose edits were kept.
  void count_kept();

  // The number of rows finished in any way, and of all rows. For a file the total is estimated from the bytes
  // read, and 0 until it is known.
  struct RowCounts {
    std::int64_t done = 0;
    std::int64_t total = 0;
  };
  RowCounts progress() const;
  // Fills the counts and closes the rejects file, whose error is returned. Call once, at the end.
  Result<void> finish_report(ImportReport& report);

 private:
  void advance(std::uint64_t end_offset);

  mutable std::mutex mutex_;
  RejectsFile rejects_;
  std::function<void(const Reject& reject, const std::string& row)> on_reject_;
  const std::size_t max_reported_;
  ImportReport report_;
  RowCounts rows_;
  std::uint64_t done_bytes_ = 0;     // processed bytes of the input file
  const std::uint64_t total_bytes_;  // 0 for a folder
};

}  // namespace fit::ingest
