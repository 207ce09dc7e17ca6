#pragma once

#include <memory>

#include "base/temp_dir.h"
#include "sql/database.h"

namespace fit::accounts::testing {

// Opens an SQLite database with the tables of this folder in the folder. Throws std::runtime_error.
std::unique_ptr<sql::Database> open_database(const TempDir& folder);

}  // namespace fit::accounts::testing
