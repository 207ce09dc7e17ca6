#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"

namespace fit::store {

// What a table of a dump holds.
struct TableSum {
  std::string name;
  std::int64_t rows = 0;
  std::string checksum;  // of all rows in any order; '' when the dump's files are proof enough

  friend bool operator==(const TableSum&, const TableSum&) = default;
};

// What a dump holds, all of one moment.
struct DumpInfo {
  std::string engine;  // "sqlite" or "postgresql"
  std::string store_id;
  std::int64_t schema_version = 0;
  std::int64_t position = 0;  // the store's, at that moment
  std::vector<TableSum> tables;
};

struct DumpOptions {
  int jobs = 2;            // parallel jobs, where the engine has them
  Progress progress = {};  // in a unit of the engine's own
};

// Writes the database of a DATABASE_URL into `folder`, which exists and is empty, as it is at one moment,
// while others go on reading and writing; on the disk when it returns. Errors naming DATABASE_URL: kNotFound
// (no catalogue there), kUnavailable, kInternal (damaged); kStorageFull; kCancelled. Files of a failed dump
// stay.
Result<DumpInfo> dump_database(const std::string& database_url, const std::filesystem::path& folder,
                               const DumpOptions& options, const std::stop_token& stop);

// Makes the database of a DATABASE_URL from a dump of the same engine, and compares what is there then with
// `info`. It gets an id of its own: what was derived from the dumped one does not fit it. kConflict when
// there is a catalogue already; kMalformed when the dump is damaged or of another engine. A failed restore
// leaves no catalogue behind.
Result<void> restore_database(const std::string& database_url, const std::filesystem::path& folder,
                              const DumpInfo& info, const DumpOptions& options, const std::stop_token& stop);

}  // namespace fit::store
