#include "ingest/import/import_tally.h"

#include <algorithm>
#include <cmath>

namespace fit::ingest {

ImportTally::ImportTally(RejectsFile rejects, std::size_t max_reported, std::int64_t total_rows,
                         std::uint64_t total_bytes)
    : rejects_(std::move(rejects)),
      max_reported_(max_reported),
      rows_{.total = total_rows},
      total_bytes_(total_bytes) {}

void ImportTally::advance(std::uint64_t end_offset) {
  ++rows_.done;
  if (total_bytes_ > 0) done_bytes_ = std::max(done_bytes_, end_offset);
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

void ImportTally::reject(Reject reject, std::uint64_t end_offset, const std::string& row) {
  const std::lock_guard lock(mutex_);
  ++report_.rejected;
  rejects_.add(reject, row);
  if (on_reject_) on_reject_(reject, row);
  if (report_.rejects.size() < max_reported_) report_.rejects.push_back(std::move(reject));
  advance(end_offset);
}

void ImportTally::warn(std::int64_t line, Warning warning) {
  const std::lock_guard lock(mutex_);
  ++report_.warnings;
  RowWarning told{line, std::move(warning.field), std::move(warning.reason), std::move(warning.value)};
  rejects_.add(told);
  if (report_.warned.size() < max_reported_) report_.warned.push_back(std::move(told));
}

void ImportTally::count_kept() {
  const std::lock_guard lock(mutex_);
  ++report_.kept;
}

ImportTally::RowCounts ImportTally::progress() const {
  const std::lock_guard lock(mutex_);
  RowCounts rows = rows_;
  if (done_bytes_ > 0) {
    const double rows_per_byte = static_cast<double>(rows.done) / static_cast<double>(done_bytes_);
    rows.total = std::llround(rows_per_byte * static_cast<double>(total_bytes_));
  }
  return rows;
}

Result<void> ImportTally::finish_report(ImportReport& report) {
  const std::lock_guard lock(mutex_);
  report = std::move(report_);
  return rejects_.close();
}

}  // namespace fit::ingest
