#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "sql/sql_connection.h"

namespace fit::store {

// Opens a session for migrations, whose statements have no time limit. Creates the extension pgvector where
// it is missing and the user may create it. kInvalid when it stays missing or is older than 0.8; the errors
// of open_postgres(). Blocks.
Result<std::unique_ptr<sql::SqlConnection>> open_with_pgvector(
    const std::string& url, std::chrono::seconds connect_timeout = std::chrono::seconds(10));

}  // namespace fit::store
