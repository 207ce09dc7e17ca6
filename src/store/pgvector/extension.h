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

// The schema that has pgvector's types and operators, quoted for SQL: "public" usually. The search_path need
// not contain it. kInvalid where the extension is missing; the errors of the session.
Result<std::string> pgvector_schema(sql::SqlConnection& connection);

// Runs a script of statements that name pgvector's types without their schema, within a transaction, which
// the caller rolls back after an error. In a session of sql::with_schema() a table that its own schema lacks
// is looked up in pgvector's: the script must name only tables that the transaction has locked or made.
Result<void> run_with_pgvector(sql::SqlConnection& connection, const std::string& script);

}  // namespace fit::store
