#include "ingest/import/import_tally.h"

#include <algorithm>
#include <cmath>

namespace fit::ingest {

ImportTally::ImportTally(RejectsFile rejects, std::size_t max_reported, std::int64_t total_rows,
                         std::uint64_t total_bytes)
    : rejects_(std::move(rejects)), max_reported_(max_reported) {
  progress_.total = total_rows;
  progress_.total_bytes = total_bytes;
}

void ImportTally::advance(std::uint64_t end_offset) {
  ++progress_.done;
  if (progress_.total_bytes > 0) progress_.done_bytes = std::max(progress_.done_bytes, end_offset);
}

void ImportTally::finish(store::UpsertKind kind, std::uint64_t end_offset) {
  const std::lock_guard lock(mutex_);
  switch (kind) {
    case store::UpsertKind::kCreated:
      ++report_.created;
      break;
    case store::UpsertKind::kUpdated:
      ++report_.updated;
      break;
    case store::UpsertKind::kUnchanged:
      ++report_.unchanged;
      break;
  }
  advance(end_offset);
}

void ImportTally::reject(std::int64_t line, std::uint64_t end_offset, const Error& error,
                         const std::string& row) {
  const std::lock_guard lock(mutex_);
  ++report_.rejected;
  Reject reject{line, error.field, error.message};
  rejects_.add(reject, row);
  if (report_.rejects.size() < max_reported_) report_.rejects.push_back(std::move(reject));
  advance(end_offset);
}

ImportProgress ImportTally::progress() const {
  const std::lock_guard lock(mutex_);
  ImportProgress progress = progress_;
  if (progress.done_bytes > 0) {
    const double rows_a_byte = static_cast<double>(progress.done) / static_cast<double>(progress.done_bytes);
    progress.total = std::llround(rows_a_byte * static_cast<double>(progress.total_bytes));
  }
  return progress;
}

Result<ImportReport> ImportTally::take_report() {
  const std::lock_guard lock(mutex_);
  FIT_CHECK(rejects_.close());
  return std::move(report_);
}

}  // namespace fit::ingest
