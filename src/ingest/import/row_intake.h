#pragma once

#include <optional>
#include <set>
#include <string>

#include "catalog/item_writer.h"
#include "ingest/import/import_tally.h"
#include "ingest/import/row_source.h"
#include "ingest/import/seen_keys.h"

namespace fit::ingest {

// Checks each row of an import: rejects rows that cannot be stored and rows with the key of an earlier row,
// and reports the warnings of the others. Not thread-safe.
class RowIntake {
 public:
  // The arguments must outlive this object.
  RowIntake(const catalog::ItemWriter& catalog, ImportTally& tally) : catalog_(catalog), tally_(tally) {}

  // Returns true when the row is accepted; it has an item then. Counts a rejected row in the tally.
  bool accept(ImportRow& row);

  // The rejection of a row for an error, with the value of the field that the error names.
  static Reject rejection(const ImportRow& row, const Error& error);

  // The keys of all rows so far, including rejected rows whose id could be read.
  const SeenKeys& listed() const { return listed_; }
  // The number of rows whose id could not be read.
  std::int64_t rows_without_id() const { return rows_without_id_; }
  // The sources of accepted rows, at most kMaxSources.
  const std::set<std::string>& sources() const { return sources_; }
  static constexpr std::size_t kMaxSources = 1000;

 private:
  Result<void> check(const ImportRow& row);

  const catalog::ItemWriter& catalog_;
  ImportTally& tally_;
  SeenKeys accepted_;
  SeenKeys listed_;
  std::int64_t rows_without_id_ = 0;
  std::set<std::string> sources_;
};

}  // namespace fit::ingest
