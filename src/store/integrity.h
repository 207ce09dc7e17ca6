#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::store {

// A part of a database whose data cannot be read or is inconsistent.
struct Damage {
  std::string part;  // such as "table items", "index images_by_item", "database"
  std::string what;  // the message of the engine
};

// What a check compares.
struct IntegrityOptions {
  bool thorough = false;  // also compare the entries of indexes with the rows of their tables
};

inline constexpr std::size_t kMaxDamages = 100;  // the largest number of findings of a check

// Checks every table of the catalogue and its indexes, as Catalogue::check_integrity() describes.
using CheckTables = Result<void>(sql::Database& database, const IntegrityOptions& options,
                                 const Progress& progress, const std::stop_token& stop,
                                 std::vector<Damage>& found);
// Runs SQLite's integrity_check, or quick_check unless thorough, for one table after the other.
CheckTables check_sqlite_tables;
// Reads the rows of every table; when thorough also checks B-trees with the extension amcheck, if it is
// installed and the user may call it. Some damage is found only if the cluster has checksums.
CheckTables check_postgres_tables;

// Catalogue::check_integrity() for the database of a DATABASE_URL, which is neither created nor migrated: it
// works even if open_catalogue() fails because of damage. kNotFound when the file does not exist; otherwise
// the errors of open_catalogue(), except kDamaged, which becomes a finding.
Result<void> check_database(const std::string& database_url, const IntegrityOptions& options,
                            const Progress& progress, const std::stop_token& stop,
                            std::vector<Damage>& found);

}  // namespace fit::store
