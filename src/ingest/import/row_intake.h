#pragma once

#include <optional>
#include <set>
#include <string>

#include "catalog/item_writer.h"
#include "ingest/import/import_tally.h"
#include "ingest/import/row_source.h"
#include "ingest/import/seen_keys.h"

namespace fit::ingest {

// The first look at each row of an import: rejects those that cannot be stored and those whose id an earlier
// row has, and counts warnings. Not thread-safe.
class RowIntake {
 public:
  // What is given must outlive the object.
  RowIntake(const catalog::ItemWriter& catalog, ImportTally& tally) : catalog_(catalog), tally_(tally) {}

  // Whether the row goes on; it has an item then. A rejected one is counted.
  bool accept(ImportRow& row);

  // The keys of all rows so far, rejected ones included where their id could be read.
  const SeenKeys& listed() const { return listed_; }
  // Rows whose id could not be read.
  std::int64_t rows_without_id() const { return rows_without_id_; }
  // The sources of accepted rows; at most kMaxSources.
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
