#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "sql/sql_connection.h"

namespace fit::store {

// Opens a session for migrations, without a time limit of statements, with a database that has pgvector 0.8
// or newer; the extension is made when the user has the right to. kInvalid when it is missing or older.
Result<std::unique_ptr<sql::SqlConnection>> open_with_pgvector(
    const std::string& url, std::chrono::seconds connect_timeout = std::chrono::seconds(10));

}  // namespace fit::store
