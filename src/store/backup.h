#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"

namespace fit::store {

// The content of a table in a dump, for comparison.
struct TableSum {
  std::string name;
  std::int64_t rows = 0;
  std::string checksum;  // of all rows, whatever their order; '' where a restore copies the file as it is

  friend bool operator==(const TableSum&, const TableSum&) = default;
};

// The content of a dump, all of one moment.
struct DumpInfo {
  std::string engine;  // "sqlite" or "postgresql"
  std::string store_id;
  std::int64_t schema_version = 0;
  std::int64_t position = 0;  // of the catalogue at that moment
  std::vector<TableSum> tables;
};

// How a dump or restore runs.
struct DumpOptions {
  int jobs = 2;            // parallel jobs, where the engine has them
  Progress progress = {};  // in units that depend on the engine
};

// Writes the database of a DATABASE_URL into `folder`, which exists and is empty, as it is at one moment.
// Other processes continue to read and write meanwhile. The dump is on the disk when the call returns.
// Blocks. kNotFound (there is no catalogue), kUnavailable, kConflict (vectors on shards), kStorageFull and
// kInternal (damaged) name DATABASE_URL; kCancelled after `stop`. A failed dump leaves its files in the
// folder.
Result<DumpInfo> dump_database(const std::string& database_url, const std::filesystem::path& folder,
                               const DumpOptions& options, const std::stop_token& stop);

// Makes the database of a DATABASE_URL from a dump of the same engine, and compares the result with `info`.
// The new catalogue gets an id of its own, so that files that were derived from the dumped one are not used
// for it. Blocks. kConflict when there is a catalogue already; kMalformed naming "backup" when the dump is
// damaged or of another engine; the errors of dump_database(). A failed restore leaves no catalogue behind.
Result<void> restore_database(const std::string& database_url, const std::filesystem::path& folder,
                              const DumpInfo& info, const DumpOptions& options, const std::stop_token& stop);

}  // namespace fit::store
