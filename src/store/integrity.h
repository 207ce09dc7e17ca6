#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::store {

// A part of a database whose stored data cannot be read, or contradict each other.
struct Damage {
  std::string part;  // "table items", "index images_by_item", "database"
  std::string what;  // in the words of the engine
};

struct IntegrityOptions {
  bool thorough = false;  // whether the entries of indexes are compared with the rows of their tables
};

inline constexpr std::size_t kMaxDamages = 100;  // that a check collects

// Checks every table of the catalogue with its indexes; Catalogue::check_integrity() says how.
using CheckTables = Result<void>(sql::Database& database, const IntegrityOptions& options,
                                 const Progress& progress, const std::stop_token& stop,
                                 std::vector<Damage>& found);
// By SQLite's integrity_check, a table at a time.
CheckTables check_sqlite_tables;
// By reading the rows of every table, and B-trees by the extension amcheck where it is installed and the user
// may call it. Damage that only the server's checksums show is found where the cluster has them.
CheckTables check_postgres_tables;

// Catalogue::check_integrity() of the database of a DATABASE_URL, which is neither made nor migrated: it works
// where open_catalogue() fails because the database is damaged. kNotFound when there is no file; otherwise the
// errors of open_catalogue() besides kDamaged, which is a finding.
Result<void> check_database(const std::string& database_url, const IntegrityOptions& options,
                            const Progress& progress, const std::stop_token& stop, std::vector<Damage>& found);

}  // namespace fit::store
